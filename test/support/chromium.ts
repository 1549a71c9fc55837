import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

const path = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);

/** Why no page can be opened; undefined if one can. */
export const noChromium = path === undefined ? "no chromium is installed" : undefined;

/** A page that was opened, with what went wrong in it and what it asked the network for. */
export interface OpenedPage {
  readonly page: Page;
  readonly errors: readonly string[];
  readonly requests: readonly string[];
}

/** The browser; to be closed. */
export function launchChromium(): Promise<Browser> {
  if (path === undefined) throw new Error(noChromium);
  return chromium.launch({ executablePath: path, args: ["--no-sandbox"] });
}

/** Opens a file in a browser. */
export async function open(browser: Browser, file: string, options: BrowserContextOptions = {}): Promise<OpenedPage> {
  const page = await browser.newPage(options);
  const [errors, requests]: [string[], string[]] = [[], []];
  const address = pathToFileURL(file).href;
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") errors.push(message.text());
  });
  page.on("request", (request) => {
    if (request.url().split("#")[0] !== address) requests.push(request.url());
  });
  page.on("dialog", (dialog) => {
    errors.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(address);
  return { page, errors, requests };
}
