/** Tells a text that only points at a value given elsewhere from one that is the value. A fallback is a value: `${TOKEN:-hunter2}` holds one,
 *  `${TOKEN:-$(cat file)}` none. Sources: POSIX.1-2024 2.6 Word Expansions; Kubernetes `$(VAR)`; Spring `${name:default}`; HOCON `${?name}`; OpenTelemetry and Kafka
 *  `${provider:name}`; Grafana `$__file{path}`; Go templates and Jinja `{{ … }}`. Reads each character once. */
import { isKeyName, isPlain, isSwitch } from "./plain-value";

/** Texts that name a place in a store of secrets, or a value that is encrypted where it stands. Between such marks a word with digits behind it, as
 *  in `<tulip9>`, is what people choose for a password, and no name of a place. */
const places: readonly RegExp[] = [
  /^(?:secret)?ref\+[a-z0-9]+:\/\/\S+$/, // vals, helmfile
  /^(?:vault|bao|openbao|secret|secrets|ssm|awssm|awsps|gcpsm|gcp-sm|azkv|akv|keyvault|doppler|infisical|akeyless|conjur|k8s|kubernetes):(?=\S*[/#])[\w./#:@-]+$/i,
  /^(?:vault|bao|secret|secrets|secretref|op|awssm|aws-sm|awssecrets|awsssm|ssm|gcpsm|gcpsecrets|gcp-sm|azurekeyvault|keyvault|k8s|file|env|doppler|infisical|pass):\/\/[\w./#:@?&=%-]+$/i,
  /^(?:pull)?secret:[\w.-]+\/[\w.-]+(?:#[\w.-]+)?$/, // Argo CD Image Updater
  /^arn:aws[\w-]*:(?:secretsmanager|ssm|kms):\S+$/,
  /^projects\/[\w-]+\/secrets\/[\w-]+(?:\/versions\/\w+)?$/, // Google Secret Manager
  /^(?:env|ENV|os\.environ|file|secretKeyRef|valueFrom):?[:/](?![a-z]+\d+$)[A-Za-z_./][\w./-]*$/,
  /^@Microsoft\.KeyVault\([^()]+\)$/,
  /^ENC(?:\[.+\]|\((?![a-z]+\d+\)$).+\))$/s, // SOPS, Jasypt
  /^(?:\{cipher\}|vault:v\d+:|\$ANSIBLE_VAULT;)/, // Spring Cloud Config, Vault's transit, Ansible
  /^<(?![a-z]+\d+>$)[A-Za-z][\w .:/#-]*>$|^<[a-z]*(?:pass|pw|secret|token|key|value|name)[a-z]*\d+>$/, // a gap to fill in, or Argo CD's vault plug-in
  /^(?:[#@%]\{[^{}]+\}#?|@@?[A-Z_][\w.]*@@?|__[A-Z][A-Z0-9_]*__|\(\([\w./-]+\)\))$/, // Octopus, make, Azure DevOps, Concourse
  /^<%=?[^%]*%>$/,
  /^\{(?:env\.)?[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\}$/, // Python's str.format, Caddy
  /^\$__(?:file|env|vault)\{[^{}]+\}$/, // Grafana
  /^(?:@(?![a-z]+\d+@)[a-z][\w.-]*@|%env\([\w:.-]+\)%)$/, // Maven, Symfony
  /^!(?:[A-Za-z_]+|[A-Za-z]\w* [\w./:-]+)$/, // a tag of YAML kept as text: !vault, !env_var NAME
];

/** True for a text that only points at a value given elsewhere. In a script `$name` does in lower case too, and so does code that reads the value. */
export function isReference(text: string, script = false): boolean {
  const word = text.trim().replace(/^(["'])(.*)\1$/s, "$2");
  if (word.length < 4096 && places.some((pattern) => pattern.test(word))) return true;
  if (!/[$%`]|\{\{/.test(word)) return false;
  const { literal, references } = partsOf(word, script);
  return references > 0 && saysNothing(literal);
}

/** The same in a script or a file that is read like one. */
export function isReferenceInScript(text: string): boolean {
  return isReference(text, true) || /^\s*["']?<|^[:@][A-Za-z_]\w*$|^\$$|^[^A-Za-z0-9]{1,2}$/.test(text);
}

/** Options of commands beside references: `creds=(-u "$USER" -p "$PASSWORD")`. A letter with a value behind it is none. */
const options = /(?<=^|[\s(])(?:-[A-Za-z]|-{1,2}[a-z]+(?:-[a-z]+)+)(?=[\s=)]|$)/g;

/** True when what is left beside references is no credential: marks, options, a scheme, a user's name before its password, an address. */
function saysNothing(literal: string): boolean {
  const left = literal
    .replaceAll(/["'\s]+/g, " ")
    .replaceAll(options, "")
    .trim();
  if (!/[A-Za-z0-9]/.test(left) || left.split(" ").every(isSwitch) || isPlain(left)) return true;
  return /^(?:(?:bearer|basic|token|apikey|digest|key)|[\w.@-]{1,100}:|[\w+.:-]{1,60}:\/\/\S*|\w{1,60}\()$/i.test(left);
}

/** How an expansion goes on: what stands in it counts (`keep`) or only says how to find the value. */
interface Frame {
  readonly closer: string;
  keep: boolean;
  /** Whether it is a command that begins with `echo` or `printf`. @default false */
  readonly prints?: boolean;
}

const template = /\{\{/y;
const shellName = /\$\{[!#?]?[A-Z_][A-Z0-9_]*(?=[-:=?+}#%/^,@[])/y;
const anyName = /\$\{[!#?]?(?:(?:env|ENV|sys):)?[\w.@*[\]-]+/y;
const provider =
  /\$\{(?!(?:env|ENV|sys):)(?:file|dir|directory|vault|secrets?|secretManager|ssm|sops|aws\w*|gcp\w*|azure\w*|k8s|kubernetes|configMap|akv|kv|keyvault|consul|config):/y;
const printed = String.raw`(?:echo|printf)\s+(?:-\w+\s+)*(?:["'][^"'%]{0,20}%[^"']{0,20}["']\s+)?`;
const echo = new RegExp(String.raw`(?:\$\(|${"`"})\s{0,20}${printed}`, "y");
/** A command behind another that prints a text, and not as a message: `$(cat file || echo hunter2)`. */
const next = new RegExp(
  String.raw`[|&;]{1,2}\s{0,20}${printed}(?![^|;&)${"`"}\n]{0,200}(?<!\d)1?>{1,2}&?\s?(?:2(?!\d)|/dev/(?:stderr|null|tty)))`,
  "y",
);
const inValues = /\$env:\w+|\$[A-Z_][A-Z0-9_]*(?![a-z])|%(?![a-z]+\d+%)[A-Za-z_]\w*%|%\(\w+\)s/y;
const inScripts = /\$env:\w+|\$[A-Za-z_]\w*(?:->\w+)*|\$[\d@*#?!]|%[A-Za-z_]\w*%|%\(\w+\)s|%s/y;

/** What a text says itself, fallbacks included, and how much it takes from elsewhere. */
function partsOf(text: string, script: boolean): { literal: string; references: number } {
  const lastTemplate = text.lastIndexOf("}}");
  const frames: Frame[] = [];
  const literal: string[] = [];
  let references = 0;
  let at = 0;
  const reads = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    if (!pattern.test(text)) return false;
    at = pattern.lastIndex;
    return true;
  };
  while (at < text.length) {
    const frame = frames.at(-1);
    const keep = frame?.keep ?? true;
    const isCommand = frame?.closer === ")" || frame?.closer === "`";
    const from = at;
    const character = text.charAt(at);
    if (frame !== undefined && text.startsWith(frame.closer, at)) {
      frames.pop();
      at += frame.closer.length;
    } else if (frame !== undefined && isCommand && /[|&;]/.test(character)) {
      // Behind `echo a;` the command goes on printing; what a pipe gets is not printed.
      if (reads(next)) frame.keep = frames.at(-2)?.keep ?? true;
      else if (!frame.prints || character === "|") frame.keep = false;
      if (at === from) at += 1;
    } else if (frame?.closer === "'" || !/[\\$%{`("'|]/.test(character)) {
      at += 1;
      if (keep) literal.push(character);
    } else if (character === "\\") {
      at += 2;
      if (keep) literal.push(text.charAt(from + 1));
    } else if (at < lastTemplate && (reads(template) || text.startsWith("${{", at))) {
      const end = templateEnd(text, at);
      if (keep) literal.push(...defaultsIn(text.slice(at, end)));
      at = end + 2;
      references += 1;
    } else if (reads(provider)) {
      frames.push({ closer: "}", keep: false });
      references += 1;
    } else if (reads(shellName) || reads(anyName)) {
      const opened = expansion(text, at, keep);
      if (opened === undefined) literal.push(text.slice(from, at));
      else {
        frames.push(opened);
        references += 1;
        at += opened.length;
      }
    } else if (reads(echo)) {
      frames.push({ closer: character === "`" ? "`" : ")", keep, prints: true });
      references += 1;
    } else if (text.startsWith("$(", at) || character === "`") {
      frames.push({ closer: character === "`" ? "`" : ")", keep: false });
      references += 1;
      at += character === "`" ? 1 : 2;
    } else if (text.startsWith("$$", at)) at += 1;
    else if (reads(script ? inScripts : inValues)) references += 1;
    else {
      at += 1;
      if (frame?.closer === ")" && character === "(") frames.push({ closer: ")", keep });
      else if (frame !== undefined && frame.closer !== '"' && /["']/.test(character))
        frames.push({ closer: character, keep });
      if (keep) literal.push(character);
    }
  }
  return { literal: literal.join(""), references };
}

/** Where an action ends. One that prints an action, `{{ print "{{ X }}" }}`, ends behind it. */
function templateEnd(text: string, at: number): number {
  const end = text.indexOf("}}", at);
  const inner = text.indexOf("{{", text.startsWith("${{", at) ? at + 3 : at);
  const outer = inner >= 0 && inner < end ? text.indexOf("}}", end + 2) : -1;
  return outer < 0 ? end : outer;
}

/** How `${NAME` goes on; undefined when that is no expansion. */
function expansion(text: string, at: number, keep: boolean): (Frame & { readonly length: number }) | undefined {
  const frame = (keeps: boolean, length: number) => ({ closer: "}", keep: keeps && keep, length });
  const rest = text.slice(at, at + 6);
  const fallback = /^:?[-=+]/.exec(rest)?.[0];
  if (fallback !== undefined) return frame(true, fallback.length);
  if (/^(?:\}|:?\?|[#%/^,@[]|: ?-?\d{1,3}[:}])/.test(rest)) return frame(false, 0);
  return rest.startsWith(":") ? frame(true, 1) : undefined;
}

/** Texts a template falls back to, or is. */
function defaultsIn(action: string): string[] {
  return [
    ...action.matchAll(
      /(?:\b(?:default|or|coalesce)[ \t(]{1,9}|^\{?\{?-?[ \t]{0,9})(?:"([^"]*)"|'([^']*)'|`([^`]*)`)/g,
    ),
  ].map(([, double, single, raw]) => double ?? single ?? raw ?? "");
}

/** Roots of expressions that read a value, in the languages settings and scripts are written in. */
const roots =
  /^(?:(?:new|await|return|str|String)[ (]{1,3})*(?:os|process|var|local|data|self|this|config|cfg|conf|settings|args|opts|options|env|ENV|request|req|ctx|module|params|props|secrets|viper|each|import|app|event|input|body|res|resp|response|result|System|Environment|getenv|environ|\$_ENV|\$_SERVER|Rails|Deno|Bun)(?=\.[A-Za-z_]|[[(]|\?\.|::|:\w+\(|->)/;
/** Calls that read a value: `env("X")`, `read_file(path)`, `getpass()`, `line.split()[1]`, `ask("Password: ") { |q| … }`, those a line begins,
 *  `JSON.stringify({`, and PowerShell's question. */
const calls =
  /^(?:await )?[A-Za-z_][\w.:>-]{0,80}\(.*\)(?:\[\w{1,40}\]|[ \t]?(?:\{|do[ \t]).*)?[;,]?$|^Read-Host\b|^[A-Za-z_]\w{0,40}\.[\w.]{1,80}\([\w.({[]{0,80}$/s;
/** A variable that is passed on under its own name, in a list: `token: base64Token,`. */
const passed = /^[A-Za-z_]\w*,$/;
/** A type where a value could stand: `password: string;`. */
const types = /^(?:string|str|bytes|Optional\[\w+\]|SecretStr|varchar(?:\(\d+\))?)(?:[;,)=|?].*)?$/is;

/** How a text is written, which a call is told: `Buffer.from(token, "utf8")`. */
const encodings = /^(?:utf-?8|ascii|latin1|base64(?:url)?|hex)$/i;

/** True for code that reads a value, unless it names one to fall back to. */
export function isCode(code: string): boolean {
  const text = code.trim();
  if (types.test(text) || (passed.test(text) && isKeyName(text.slice(0, -1)))) return true;
  if (!roots.test(text) && !calls.test(text)) return false;
  const fallbacks = text.matchAll(
    /(?:,|\|\||\?\?|\bor\b|\?:)[ \t]{0,9}(?:default[ \t]{0,9}=[ \t]{0,9})?(["'])([^"']*)\1/g,
  );
  return [...fallbacks].every(
    ([, , fallback = ""]) =>
      fallback === "" || isSwitch(fallback) || encodings.test(fallback) || isReference(fallback, true),
  );
}
