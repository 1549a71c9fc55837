/** @type {import("jest").Config} */
export default {
  testEnvironment: "node",
  testMatch: ["<rootDir>/test/**/*.test.ts"],
  // Minutes of faults, for npm run test:torture alone.
  testPathIgnorePatterns: ["/node_modules/", "<rootDir>/test/torture/"],
  extensionsToTreatAsEsm: [".ts"],
  transform: { "^.+\\.ts$": "<rootDir>/scripts/jest-transform.mjs" },
  // Tests start real rsyncs on a machine that may be busy; a hang should still end.
  testTimeout: 120_000,
};
