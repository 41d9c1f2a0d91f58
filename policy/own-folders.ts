/** The only reader of the variables that move this project's folders. As the XDG Base Directory specification has it, a value that is empty or not an
 *  absolute path counts as unset: it would lead into whatever folder a command happens to run in. */
import { userInfo } from "node:os";
import { isAbsolute, join } from "node:path";

/** The folder a variable names; undefined when it names none. */
const named = (env: NodeJS.ProcessEnv, name: string): string | undefined => {
  const value = env[name];
  return value !== undefined && isAbsolute(value) ? value : undefined;
};

/** The home folder: `$HOME`, else that of the account. A user without an account has the root folder, as login(1) has it, never the current one. */
const home = (env: NodeJS.ProcessEnv): string => named(env, "HOME") ?? accountHome();

function accountHome(): string {
  try {
    return userInfo().homedir || "/";
  } catch {
    return "/"; // in a container a number may have no name
  }
}

/** Folder of what is kept between runs and cannot be made again: `$XDG_STATE_HOME/hardened`, else ~/.local/state/hardened. */
export const stateFolder = (env: NodeJS.ProcessEnv = process.env): string =>
  join(named(env, "XDG_STATE_HOME") ?? join(home(env), ".local", "state"), "hardened");

/** Folder of what can be made again: `$HARDENED_CACHE`, else `$XDG_CACHE_HOME/hardened`, else ~/.cache/hardened. */
export const cacheRoot = (env: NodeJS.ProcessEnv = process.env): string =>
  named(env, "HARDENED_CACHE") ?? join(named(env, "XDG_CACHE_HOME") ?? join(home(env), ".cache"), "hardened");
