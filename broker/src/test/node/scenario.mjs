// What both scripts share: node SCRIPT PORT PROTOCOL SCENARIO runs one scenario; the last line is "done".
import { createInterface } from "node:readline";

export const port = Number(process.argv[2]);
export const protocol = Number(process.argv[3]);

const PATIENCE_MS = 30_000;
const input = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

/** Has the broker end and come back, empty, on the same port. */
export async function restartBroker() {
  console.log("restart");
  await input.next();
}

/** A promise and what settles it, for an event that is waited for. */
export function event() {
  return Promise.withResolvers ? Promise.withResolvers() : withResolvers();
}

function withResolvers() {
  let resolve, reject;
  const promise = new Promise((yes, no) => ([resolve, reject] = [yes, no]));
  return { promise, resolve, reject };
}

/** Repeats something until it does not throw. */
export async function eventually(attempt) {
  for (;;) {
    try {
      return await attempt();
    } catch (notYet) {
      await new Promise((wake) => setTimeout(wake, 10));
    }
  }
}

/** Runs the scenario that the command line names. */
export async function main(scenarios) {
  const scenario = scenarios[process.argv[4]];
  if (!scenario) {
    console.error(`no such scenario: ${process.argv[4]}`);
    process.exit(2);
  }
  setTimeout(() => {
    console.error("took too long");
    process.exit(3);
  }, PATIENCE_MS).unref();
  try {
    await scenario();
    console.log("done");
    process.exit(0);
  } catch (failure) {
    console.error(failure);
    process.exit(1);
  }
}
