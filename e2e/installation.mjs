// A running Tomoni: started on a free port with its own folder, ended by its own process.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

const PROGRAM = resolve(process.env.TOMONI_BIN ?? join(import.meta.dirname, "../target/debug/tomoni"));
const START_MS_MAX = 60_000;
const STOP_MS_MAX = 15_000;

/** The example organisation, with histories as long as it has them. */
export function demo() {
  return start(["demo", "--no-browser", "--listen", "127.0.0.1:0"]);
}

/** A server over a folder of documents, with an empty store. */
export async function serve(specs) {
  const data = await mkdtemp(join(tmpdir(), "tomoni-e2e-data-"));
  const installation = await start(["serve", "--specs", specs, "--data", data, "--listen", "127.0.0.1:0"]);
  return {
    ...installation,
    stop: async () => {
      await installation.stop();
      await rm(data, { recursive: true, force: true });
    },
  };
}

/** Starts the program; its first line on standard output is its address. */
async function start(args) {
  const child = spawn(PROGRAM, args, { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  child.stderr.on("data", (bytes) => (said = (said + bytes).slice(-4_000)));
  const lines = createInterface({ input: child.stdout });
  const timeout = AbortSignal.timeout(START_MS_MAX);
  const ended = once(child, "exit", { signal: timeout }).then(([code]) => {
    throw new Error(`tomoni ${args[0]} ended with ${code}:\n${said}`);
  });
  try {
    const [line] = await Promise.race([once(lines, "line", { signal: timeout }), ended]);
    const address = new URL(/http:\/\/\S+/.exec(line)[0]).origin;
    const installation = { address, stop: () => stop(child), said: () => said };
    ended.catch(() => undefined);
    await ready(address, timeout);
    return installation;
  } catch (error) {
    await stop(child);
    throw new Error(`tomoni ${args.join(" ")} did not start:\n${said}`, { cause: error });
  }
}

/** Waits, by the server's own stream of changes, until it says that it is ready. */
async function ready(address, signal) {
  const isReady = async () => (await fetch(`${address}/readyz`, { signal })).ok;
  if (await isReady()) return;
  const stream = await fetch(`${address}/events`, { signal });
  for await (const _ of stream.body) {
    if (await isReady()) return;
  }
}

async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit", { signal: AbortSignal.timeout(STOP_MS_MAX) });
  child.kill("SIGTERM");
  await ended.catch(() => child.kill("SIGKILL"));
}
