/** What texts of the fuzz are made of: scalars, marks and line breaks that YAML readers read differently. */

const unquoted = [
  ...["true", "false", "True", "FALSE", "yes", "no", "Yes", "NO", "on", "off", "On", "OFF", "y", "n", "Y", "N"],
  ...["null", "Null", "NULL", "~", "nil", "None", "", "nullable", "trueish"],
  ...["0", "-0", "+0", "1", "-1", "+1", "42", "0o17", "017", "0755", "08", "-017", "0x1F", "0XFF", "-0x10", "0b101"],
  ...["0b-11", "-0b11", "1_000", "1__0", "_1", "1_", "0x_1", "1:30", "190:20:30", "1:60", "-1:30:00.5", "1e3", "1E+3"],
  ...["2147483647", "2147483648", "-2147483649", "9007199254740991", "9007199254740992", "9007199254740993"],
  ...["-9007199254740993", "9223372036854775807", "9223372036854775808", "-9223372036854775808"],
  ...["-9223372036854775809", "18446744073709551615", "18446744073709551616", "0xFFFFFFFFFFFFFFFF"],
  ...["0x7FFFFFFFFFFFFFFF", "0x8000000000000000", "0x10000000000000000", "-0x8000000000000000"],
  ...["01777777777777777777777"],
  ...["123456789012345678901234567890", "1e400", "-1e400", "1e-400", "5e-324", "1.7976931348623157e308", "0.1"],
  ...["1.0", "1.", ".5", "-.5", "+.5", "1.5e3", "1e", "1.0e+", "6.8523015e+5", "685.230_15e+03", "1_0.5"],
  ...["0.30000000000000004"],
  ...[".inf", "-.inf", "+.inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN", "inf", "nan", "Infinity", ". inf"],
  ...["2001-12-14", "2001-12-14T21:59:43.10-05:00", "2001-12-14 21:59:43.10 -5", "2001-1-1", "12:30:45", "0001-01-01"],
  ...["abc", "a b", "a:b", "a#b", "a #b", "a: b", "-", "- a", "-a", "?", "? a", "?a", ":", ":a", "[", "]", "{", "}"],
  ...[","],
  ...["a,b", "a]b", "*", "*a", "&a", "&a b", "!", "!x", "%a", "@a", "`a`", "|", ">", "a|b", "<<", "=", "a\tb"],
  ...["a \t# c"],
  ...["nginx:1.27", "/var/run", "10Mi", "100m", "*.example.com", "http://x/#y", "{{ .Values.x }}", "é", "\u{1f600}"],
  ...["\ufeff", "a\ufeffb", "\u00a0", "\u200b", "\u0000", "\u0001", "\u001b[31m", "\u007f", "\u0080", "\u0085"],
  ...["\u2028"],
  ...["a\u0085b", "a\u2028b", "a\u2029 b", "\ud800", "\ufffd", "\uffff", "\ufffe", "\u{10ffff}", "__proto__"],
  ...["constructor"],
];

const quoted = [
  ...['""', "''", '"a"', "'a'", '"a b"', "'it''s'", '"q\\"q"', '"\\n"', '"\\t\\\\"', '"\\x41"', '"\\u00e9"'],
  ...['"\\U0001F600"'],
  ...['"\\N\\L\\P\\_"', '"\\0\\a\\b\\e\\f\\v\\r"', '"\\/"', '"\\q"', '"\\u12"', '"\\ud800"', '"\\uD83D\\uDE00"'],
  ...['"\\U00110000"'],
  ...['"true"', "'1'", '"9223372036854775807"', '"~"', "'null'", '"#no"', "'a: b'", '"a', "'a", '"a"b', "'a' b"],
  ...['"\u0085"'],
  ...['"a\u2028b"', "'a\u2029b'", '"a\u0085  b"', '"a\\\u2028b"', "'\u0000'", '"\\\n"', '"a\n b"', "'a\n\n b'"],
  ...['"a \\\n   b"', '"a\n---\n b"'],
  ...["'a\n...\nb'", '"\ta\n\tb"', '"é\u{1f600}"', '"\ufeff"', "'\ufeffa'"],
];

/** Scalars as they stand in a text. */
export const scalars: readonly string[] = [...unquoted, ...unquoted, ...quoted];
/** Scalars a reader takes without a word. */
export const plainScalars = unquoted.filter(
  (text) => /^[\w.+/-][\w.+/: -]*$/.test(text) && !/^-( |$)|: |:$|^[-+]?\.(inf|nan)$|e400$/i.test(text),
);

export const tags = [
  ...["!!str", "!!int", "!!float", "!!bool", "!!null", "!!binary", "!!timestamp", "!!map", "!!seq", "!!set"],
  ...["!!omap", "!!merge"],
  ...["!", "!x", "!<tag:yaml.org,2002:str>", "!<!local>", "!!", "!a!b", "!!python/object", "!vault"],
  ...["!<tag:yaml.org,2002:int"],
];

/** Pairs of a tag and a scalar that fits it. */
export const tagged = [
  ...["!!binary aGVsbG8=", "!!binary |\n     aGVs\n     bG8=", "!!binary /w==", "!!binary %", '!!binary "aGVsbG8="'],
  ...["!!str 1"],
  ...["!!str true", "!!str null", "!!str", "!!int '7'", '!!int "0x10"', "!!int 1.0", "!!int abc", "!!float 1"],
  ...["!!float 1e3"],
  ...["!!float x", "!!bool yes", "!!bool 'true'", "!!null ''", "!!null x", "!!timestamp 2001-12-14"],
  ...["!!timestamp '2001-12-14t21:59:43Z'"],
  ...["!!timestamp x", "!!map {a: 1}", "!!seq [1]", "!!set {a, b}", "!!omap [a: 1]", "! 1", "! true", "!x 1"],
  ...["!!merge <<", "!!int 9223372036854775808"],
];

export const fields = [
  ...["hostNetwork", "hostPID", "hostPath", "containers", "initContainers", "securityContext", "privileged"],
  ...["runAsUser"],
  ...["runAsNonRoot", "image", "name", "args", "env", "value", "volumes", "labels", "annotations", "data"],
  ...["stringData"],
  ...["replicas", "template", "spec", "hosts", "rules", "verbs", "path", "port", "claims", "sub", "status", "a"],
  ...["b"],
];

/** Keys that are no plain text. */
export const oddKeys = [
  ...["kind", "items", "metadata", "apiVersion", "Kind", "Items", "1.23456789012", "123456789.5", "1e10"],
  ...["1", "0x10", "1.5", "1e3", "true", "yes", "on", "~", "null", "", '"1"', '"true"', "'a'", '"a"', "? a", "? [a]"],
  ...["? {a: 1}"],
  ...["[a]", "{a: 1}", "<<", '"<<"', "!!str 1", "!!int '1'", "!!binary YQ==", "&k a", "*a", "a b", "a\u2028b", "a#"],
  ...["a #", ".inf", ".nan"],
  ...["9223372036854775808", "18446744073709551615", "2001-12-14", "!!timestamp 2001-12-14", "=", "-", "é"],
  ...["\ufeffa", "__proto__"],
];

export const comments = [
  ...["# c", "#", "#c", " # c: d", "# ---", "# \u2028privileged: true", "# \u0085  privileged: true", "# \u2029---"],
  ...["\t# t", "#\u0000"],
  ...['# "q', "# é", "#\ufeff", "# Source: chart/templates/pod.yaml"],
];

/** Lines between documents. */
export const markers = [
  ...["---", "---", "---", "---", "--- # c", "---\t", "--- ", "---# c", "---#", "--- text", "---text", "----"],
  ...[" ---", "\t---", "--- |"],
  ...["--- {}", "--- !!map", "--- &a", "---\u0085", "---\u2028", "---\u00a0", "---\ufeff", "\ufeff---", "..."],
  ...["... # c", "...text", "... text", " ..."],
  ...["....", "%YAML 1.1", "%YAML 1.2", "%YAML 2.0", "%TAG ! tag:example.com,2000:", "%TAG !! tag:x,2000:", "%x"],
  ...["---\n---", "---\n...\n---"],
  ...["---\n%YAML 1.1\n---", "---\n# c\n---", "...\n---", "---\n...", "---\r", "--- \r"],
];

export const lineBreaks = ["\r\n", "\r", "\u0085", "\u2028", "\u2029", "\n\n", " \n", "\n\r", "\v", "\f"];
/** What a mutation puts in. */
export const splinters = [
  ...[" ", "  ", "\t", "\n", "\r", "\r\n", "\u0085", "\u2028", "\u2029", "\ufeff", "\u0000", ":", ": ", "- ", "#"],
  ...[" #", "'", '"', "{", "}"],
  ...["[", "]", ",", "&a ", "*a", "!", "!!str ", "|", ">", "|-\n", "%", "@", "`", "? ", "<<: ", "\n---\n", "\n...\n"],
  ...["\\", "~", "0", "é"],
];
