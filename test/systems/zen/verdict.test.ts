import { strict as assert } from "node:assert";
import { join } from "node:path";
import { projectName, projectRoot } from "../../../config/project";
import { isRelease, type ReleaseInputs } from "../../../operations/stack/release-inputs";
import { readStackFile } from "../../../operations/stack/stack-file";
import { collect } from "../../../operations/validation/collect";
import { blocking } from "../../../policy/evaluate/evaluate";
import { evaluateRelease } from "../../../policy/evaluate/evaluate-release";
import { packConfig } from "../../../policy/evaluate/pack-config";
import { profileNames, profiles } from "../../../systems/zen/profiles";
import { useHelm } from "../../policy/support/helm";

const inNamespace = (type: string): boolean => /:(Namespace|Secret|CustomResource|ExternalSecret|Release)$/.test(type);

describe("systems/zen: what a stack of each profile gives", () => {
  before(useHelm);

  for (const profile of profileNames) {
    const stack = `zen-${profile}`;
    it(`[ZN-43] [ZN-44] [ZN-45] [ZN-79] ${profile}: its release passes the pack as strict as the profile is`, async () => {
      const { config, resources } = await collect(stack, __dirname);
      assert.equal(config.environment, profiles[profile].environment);
      const [release, ...more] = resources.filter(isRelease).map(({ inputs }) => inputs as unknown as ReleaseInputs);
      assert.deepEqual(more, []);
      const pack = packConfig(readStackFile(stack, __dirname).document.config ?? {}, projectName, projectRoot);
      const { verdict } = await evaluateRelease(
        { ...(release as ReleaseInputs), chart: join(projectRoot, release?.chart ?? "") },
        { ...pack, now: new Date() },
      );
      // Reports of scans are the person's.
      const found = blocking(verdict, config.environment).filter(({ rule }) => rule !== "scan-report");
      assert.deepEqual(found, []);
      assert.equal(verdict.pods, 2);
    });

    it(`[ZN-77] ${profile}: kinds, namespace, token and release are asked for in this order, and no token is in the values`, async () => {
      const { resources } = await collect(stack, __dirname);
      const types = resources.map(({ type }) => type);
      const order = types.filter(inNamespace).map((type) => type.split(":").at(-1));
      const kinds = types.lastIndexOf("kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition");
      assert.ok(kinds >= 0 && kinds < types.indexOf("kubernetes:core/v1:Namespace"));
      assert.equal(order[0], "Namespace");
      assert.equal(order.at(-1), "Release");
      assert.match(order[1] ?? "", profile === "aws" ? /ExternalSecret/ : /^Secret$/);
      const release = resources.find(isRelease);
      assert.doesNotMatch(JSON.stringify(release?.inputs), /encrypted/);
    });
  }
});
