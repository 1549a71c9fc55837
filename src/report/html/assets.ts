/*
 * The browser part as text. What stands here is for the types: scripts/browser.mjs bundles the folder browser/ (with uPlot), and the
 * build and the tests put the result in the place of this file.
 */

/** The script of the page; it has no `</script` in it. */
export const script: string = unbuilt();
/** Its style sheet. */
export const style: string = unbuilt();

function unbuilt(): never {
  throw new Error("the browser part of report.html is only there in what scripts/build.mjs has built, and in tests");
}
