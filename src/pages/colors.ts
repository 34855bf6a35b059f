/** The colors of all pages. Text has a contrast ratio of at least 4.5 to its background. */
export const COLORS = `
:root {
  color-scheme: light dark;
  --paper: #fbfaf7; --sheet: #ffffff; --sunk: #f3f1ec; --hover: #f0eee8;
  --line: #e3dfd6; --line-strong: #cdc7ba;
  --ink: #22201c; --ink-soft: #5a564d; --ink-faint: #706b60;
  --accent: #1f5fae; --focus: #2f7bd6;
  --added: #1b6e3a; --added-ground: #eaf5ec; --added-word: #b9e2c3;
  --removed: #b02a24; --removed-ground: #fdefed; --removed-word: #f7c5bf;
  --changed: #8a5300; --changed-ground: #fdf3dd;
  --note-ground: #fdf6e3; --note-line: #e5d6a8;
  --key: #44546f; --shadow: 0 1px 2px rgb(60 50 30 / 6%);
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #17181a; --sheet: #1e2022; --sunk: #232628; --hover: #282b2e;
    --line: #33373a; --line-strong: #4a4f54;
    --ink: #e8e6e1; --ink-soft: #b4b1a9; --ink-faint: #97948c;
    --accent: #8ab8f0; --focus: #6aa6ee;
    --added: #7fcf96; --added-ground: #1c2a20; --added-word: #2c5a39;
    --removed: #f2978f; --removed-ground: #301f1e; --removed-word: #6e312d;
    --changed: #e3b566; --changed-ground: #2e2718;
    --note-ground: #2a2617; --note-line: #574c26;
    --key: #a9bbdb; --shadow: none;
  }
}
`;
