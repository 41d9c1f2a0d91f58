/** A tool that reads objects from a YAML file and says which of them it denies. */

/** The levels that deny anything. */
export type Level = "baseline" | "restricted";

/** What a tool says about a file. */
export interface Answer {
  /** Names of the objects it looked at; a tool that does not tell is taken to have looked at all. @default all */
  readonly judged?: ReadonlySet<string>;
  /** Names of those it denies. */
  readonly denied: ReadonlySet<string>;
}

export interface Judge {
  readonly name: string;
  readonly command: string;
  /** Arguments with which it prints what people read: what the speed is measured with. */
  args(file: string): string[];
  /** Arguments with which it prints what `answer` reads. */
  details(file: string): string[];
  /** Reads which objects it denies from what it printed. */
  answer(output: string): Answer;
}

/** A judge of one level and one version of the standard; `folder` is for the policies it reads. Undefined where the tool has no word for them. */
export type MakeJudge = (folder: string, level: Level, version: string) => Promise<Judge | undefined>;
