/** A time after that of every backup: names of backups have years of four digits. */
export const FAR_FUTURE = new Date("9999-12-31T23:59:59Z");
