import { strict as assert } from "node:assert";
import { deploymentText, evaluatedFiles, placesIn, resourcesText } from "../support/evaluated-files";
import { useHelm } from "../support/helm";

/** A variable with a fallback holds a credential only if the fallback is one: POSIX.1-2024, 2.6.2 Parameter Expansion. */
describe("references with a fallback", function () {
  this.timeout(60_000);
  before(useHelm);

  const said = async (script: string) => {
    const container = `${resourcesText(10)}          command: [/bin/bash, -c, ${JSON.stringify(script)}]\n`;
    const report = await evaluatedFiles({ "shop.yaml": deploymentText({ container }) });
    assert.deepEqual(report.unjudged, []);
    return placesIn(report);
  };

  for (const script of [
    'PGPASSWORD="${PGPASSWORD:-$(< "$PGPASSWORD_FILE")}" pg_dumpall --file=/backup/all.sql',
    "PGPASSWORD=${PGPASSWORD:-${POSTGRES_PASSWORD:-`cat /run/pw`}} psql",
    'export TOKEN="${TOKEN:?is not set}"; serve --token "$TOKEN"',
    'mysqldump -uroot -p"${MYSQL_PWD:-$(cat "${MYSQL_PWD_FILE}")}" --all-databases',
    'PASSWORD="${PASSWORD_FILE:+$(cat "$PASSWORD_FILE")}" serve',
    'PASSWORD="$(cat /run/pw || echo "$DEFAULT_PASSWORD")" serve',
    'PASSWORD="${PASSWORD:-$(cat /run/pw || echo "")}" serve',
    'PASSWORD="$(cat /run/pw || echo no password >&2; cat /run/other)" serve',
    'PASSWORD="$(cat /run/pw || echo none 1>&2)" serve',
    'PASSWORD="$(cat /run/pw || echo none >> /dev/stderr)" serve',
    'HAS_PASSWORD="$([ -n "$PASSWORD" ] && echo yes || echo no)" serve',
  ])
    it(`passes ${script}`, async () => assert.deepEqual(await said(script), []));

  for (const script of [
    "PGPASSWORD=${PGPASSWORD:-hunter2} psql",
    'PGPASSWORD="${A:-${B:-hunter2}}" psql',
    'PGPASSWORD="${PGPASSWORD:-$(echo hunter2)}" psql',
    "PGPASSWORD=`echo hunter2` psql",
    'PGPASSWORD="$(cat /run/pw || echo hunter2)" psql',
    'PGPASSWORD="${PGPASSWORD:-$(cat /run/pw 2>/dev/null || printf %s hunter2)}" psql',
    "PGPASSWORD=`cat /run/pw; echo hunter2` psql",
    'PGPASSWORD="$(cat /run/pw || echo hunter2 2>/dev/null)" psql',
    'PGPASSWORD="$(cat /run/pw || echo hunter2 >/dev/stdout)" psql',
    'PGPASSWORD="$(cat /run/pw || echo hunter2 && rm -f /tmp/x >/dev/null)" psql',
    'PGPASSWORD="$(echo admin; cat <<< hunter2)" psql',
    'mysqldump -uroot -p"${MYSQL_PWD:-hunter2}"',
  ])
    it(`refuses ${script}`, async () => {
      const found = await said(script);
      assert.equal(found.length, 1, found.join());
      assert.match(found[0] ?? "", /^secret-in-values spec\.template\.spec\.containers\[0\]\.command\[2\] at /);
    });
});
