import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { testUnless } from "../support/privileges.ts";
import { repository } from "../support/runner.ts";
import { emptyDirectories } from "../support/tree.ts";

const emptyDirectory = emptyDirectories();
const page = readFileSync(join(repository, "docs/setup.md"), "utf8");
const [, dropIn = ""] = /```ini\n(\[Unit\]\n.*?)```/s.exec(page) ?? [];

const noSystemd =
  spawnSync("systemd-analyze", ["--version"]).status === 0 ? undefined : "systemd-analyze is not installed";

/** The unit that the runner's svc.sh makes, with a program that is there. */
const unit = `[Unit]
Description=GitHub Actions Runner
After=network-online.target

[Service]
ExecStart=/bin/true
User=root
KillMode=process
KillSignal=SIGTERM
TimeoutStopSec=5min

[Install]
WantedBy=multi-user.target
`;

describe("the drop-in for the runner's service", () => {
  test("leaves the run what it looks at", () => {
    expect(dropIn).toContain("AmbientCapabilities=");
    expect(dropIn).not.toMatch(/^(ProcSubset=pid|PrivateDevices=|PrivateUsers=)/m);
  });

  test("grants what it lets through, and no more", () => {
    const [ambient, bounding] = ["AmbientCapabilities", "CapabilityBoundingSet"].map(
      (name) => new RegExp(`^${name}=(.*)$`, "m").exec(dropIn)?.[1],
    );
    expect(ambient).toBe(bounding);
  });

  testUnless(noSystemd)("is correct, by systemd-analyze", async () => {
    const directory = emptyDirectory();
    writeFileSync(join(directory, "runner.service"), unit);
    mkdirSync(join(directory, "runner.service.d"));
    const ask = (text: string) => {
      writeFileSync(join(directory, "runner.service.d/dailysync.conf"), text);
      const { status, stderr } = spawnSync("systemd-analyze", ["verify", join(directory, "runner.service")], {
        encoding: "utf8",
        env: { ...process.env, SYSTEMD_UNIT_PATH: `${directory}:`, LC_ALL: "C" },
      });
      return { status, complaints: stderr.split("\n").filter((line) => line.includes("dailysync.conf")) };
    };
    expect(ask(dropIn)).toEqual({ status: 0, complaints: [] });
    expect(ask(dropIn.replace("NoNewPrivileges", "NoNewPriveleges")).complaints).not.toEqual([]);
  });
});
