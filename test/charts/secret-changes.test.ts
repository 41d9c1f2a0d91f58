import assert from "node:assert/strict";
import { companyosConfig } from "../../systems/companyos/config";
import { resolvePlatform } from "../../systems/companyos/resolve";
import { values as companyosValues } from "../../systems/companyos/values";
import { mailroomConfig } from "../../systems/mailroom/config";
import { values as mailroomValues } from "../../systems/mailroom/values";
import { trevorConfig } from "../../systems/trevor/config";
import { values as trevorValues } from "../../systems/trevor/values";
import { mailroom, only, type Rendered, render } from "./support/helm";
import { notesOf } from "./support/notes";
import { externalSecret, image, ofService, platform } from "./support/service-values";
import { trevor } from "./support/trevor";

const reload = "secret.reloader.stakater.com/reload";
const changed = "hardened.pulumi/secrets-changed";
const restart = { [changed]: "2026-11-29T10:00:00Z" };
const marks = ({ metadata }: Rendered): string[] =>
  Object.keys(metadata.annotations ?? {}).filter((key) => /reload/.test(key));
const ofPods = ({ spec }: Rendered): string | undefined => spec.template.metadata.annotations?.[changed];

describe("charts: Secrets that change under running pods", () => {
  it("[COS-19] a Deployment tells Reloader exactly the Secrets whose keys are its variables", async () => {
    const services = {
      orders: { image, existingSecrets: ["theirs"], externalSecrets: [externalSecret("ours")] },
      plain: { image },
      nightly: { image, kind: "job", job: { schedule: "0 3 * * *" }, externalSecrets: [externalSecret("its-own")] },
    };
    const objects = await platform(services);
    const orders = only(ofService(objects, "orders"), "Deployment");
    assert.deepEqual([marks(orders), orders.metadata.annotations?.[reload]], [[reload], "ours,theirs"]);
    assert.deepEqual(marks(only(ofService(objects, "plain"), "Deployment")), []);
    assert.deepEqual(marks(only(objects, "CronJob")), [], "the next run reads it anyway");
    const api = await trevor({
      envFromSecrets: [{ secretName: "b" }, { secretName: "a" }],
      migrations: { mode: "init" },
    });
    for (const name of ["trevor", "trevor-worker"])
      assert.equal(only(api, "Deployment", name).metadata.annotations?.[reload], "a,b", name);
  });

  it("[COS-19] a Secret of the chart's own has a checksum instead: one mechanism each", async () => {
    const own = only(await mailroom(), "Deployment");
    assert.deepEqual(marks(own), []);
    assert.match(own.spec.template.metadata.annotations?.["checksum/secrets"] ?? "", /^[0-9a-f]{64}$/);
    const theirs = only(await render({ values: { existingSecret: "theirs" } }), "Deployment");
    assert.equal(theirs.metadata.annotations?.[reload], "theirs");
    assert.equal(theirs.spec.template.metadata.annotations?.["checksum/secrets"], undefined);
  });

  it("[COS-19] what pods missed becomes a new template of theirs, and of no other service's", async () => {
    const names = { secretName: "theirs", configMapName: "config" };
    const mail = await render({ values: mailroomValues(mailroomConfig.parse({}), names, restart) });
    assert.equal(ofPods(only(mail, "Deployment")), restart[changed]);
    const api = await trevor(trevorValues(trevorConfig.parse({ image }), names, restart));
    for (const name of ["trevor", "trevor-worker"])
      assert.equal(ofPods(only(api, "Deployment", name)), restart[changed]);
    const given = { services: { orders: { image }, billing: { image } } };
    const settled = resolvePlatform(companyosConfig.parse(given), "dev").value;
    const { services } = companyosValues(settled, {}, { orders: restart[changed] as string });
    const objects = await platform(services);
    assert.equal(ofPods(only(ofService(objects, "orders"), "Deployment")), restart[changed]);
    assert.equal(ofPods(only(ofService(objects, "billing"), "Deployment")), undefined);
  });

  describe("notes", () => {
    const said = { mailroom: notesOf("mailroom"), trevor: notesOf("trevor"), service: notesOf("service") };
    const given = {
      mailroom: [{ existingSecret: "theirs" }, "prod-mailroom"],
      trevor: [{ envFromSecrets: [{ secretName: "theirs" }] }, "prod-trevor deployment/prod-trevor-worker"],
      service: [{ services: { orders: { image, existingSecrets: ["theirs"] } } }, "NAME"],
    } as const;
    for (const chart of ["mailroom", "trevor", "service"] as const) {
      it(`[COS-19] of charts/${chart} say who restarts the pods, and how to without Reloader`, async () => {
        const [values, name] = given[chart];
        const text = await said[chart](values);
        assert.match(text, /^When Secret theirs changes, Reloader restarts the pods, if the cluster has it\./m);
        assert.ok(text.includes(`\n  kubectl rollout restart -n post deployment/${name}\n`), text);
      });
    }

    it("say nothing of it where no Secret is someone else's", async () => {
      assert.doesNotMatch(await said.trevor(), /Reloader/);
      assert.doesNotMatch(await said.service({ services: { orders: { image } } }), /Reloader/);
    });
  });
});
