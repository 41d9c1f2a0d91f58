/** A chart in a few lines, for tests that evaluate one as `hardened check` does. */
export const chartFiles = (
  files: Readonly<Record<string, string>>,
  folder = "web",
): Readonly<Record<string, string>> => {
  const about = { "Chart.yaml": "apiVersion: v2\nname: web\nversion: 0.1.0\n" };
  return Object.fromEntries(Object.entries({ ...about, ...files }).map(([name, text]) => [`${folder}/${name}`, text]));
};

/** A ConfigMap no rule objects to. */
export const configMapText = (data: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\n  labels: {app.kubernetes.io/name: web, app.kubernetes.io/managed-by: Helm}\ndata:\n${data}`;
