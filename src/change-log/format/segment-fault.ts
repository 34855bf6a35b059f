/** What is wrong with a file of a change log, to follow its name. */
export class SegmentFault extends Error {
  override name = "SegmentFault";
}
