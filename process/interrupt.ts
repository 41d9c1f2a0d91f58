import { UserError } from "./user-error";

/** Handling of Ctrl-C: the first stops a command gracefully, the second ends it at once. The next run repairs what is left. */

const controller = new AbortController();
const processes = new Set<number>();

/** Aborted by the first Ctrl-C (or SIGTERM). */
export const interruption: AbortSignal = controller.signal;

/** Registers a child process that the second Ctrl-C ends too. Returns a function that unregisters it. */
export function endsWithUs(pid: number): () => void {
  processes.add(pid);
  return () => void processes.delete(pid);
}

function onSignal(): void {
  if (controller.signal.aborted) {
    for (const pid of processes) kill(pid);
    process.exit(130);
  }
  controller.abort(new UserError("interrupted; the next run goes on from here", 130));
  console.error("stopping after the step that runs now; once more to stop at once");
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself in between.
  }
}

/** For a command that changes nothing: from now on the first Ctrl-C ends it, as without a handler. */
export function endAtOnce(): void {
  process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
}

/** For a command that can be resumed: from now on the first Ctrl-C ends it and prints how to resume. */
export function endWithHint(): void {
  endAtOnce();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      console.error("interrupted; run the same command again to resume");
      process.exit(130);
    });
  }
}

/** Installs the handlers. Called once, by the command line. */
export function listenForInterrupts(): void {
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
}
