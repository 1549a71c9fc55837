// Tells on standard output what is measured at the moment.

/** Prints one line for a timed command: what it was, its seconds, and a remark if there is one. */
export function tell(title, seconds, remark = "") {
  const at = new Date().toISOString().slice(11, 19);
  console.log(`${at} ${seconds.toFixed(2).padStart(9)} s  ${title}${remark === "" ? "" : ` (${remark})`}`);
}
