/** The only reader of the variables that move this project's folders. As the XDG Base Directory specification has it, a value that is empty or not an
 *  absolute path counts as unset: it would lead into whatever folder a command happens to run in. */
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** The folder a variable names; undefined when it names none. */
const named = (env: NodeJS.ProcessEnv, name: string): string | undefined => {
  const value = env[name];
  return value !== undefined && isAbsolute(value) ? value : undefined;
};

const home = (env: NodeJS.ProcessEnv): string => named(env, "HOME") ?? homedir();

/** Folder of what is kept between runs and cannot be made again: `$XDG_STATE_HOME/hardened`, else ~/.local/state/hardened. */
export const stateFolder = (env: NodeJS.ProcessEnv = process.env): string =>
  join(named(env, "XDG_STATE_HOME") ?? join(home(env), ".local", "state"), "hardened");

/** Folder of what can be made again: `$HARDENED_CACHE`, else `$XDG_CACHE_HOME/hardened`, else ~/.cache/hardened. */
export const cacheRoot = (env: NodeJS.ProcessEnv = process.env): string =>
  named(env, "HARDENED_CACHE") ?? join(named(env, "XDG_CACHE_HOME") ?? join(home(env), ".cache"), "hardened");
