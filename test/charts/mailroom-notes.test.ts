import { strict as assert } from "node:assert";
import { secrets } from "./support/helm";
import { notesOf } from "./support/notes";

describe("charts/mailroom: NOTES", () => {
  const notes = notesOf("mailroom");

  it("[MR-46] after a check: names the namespace, the failed Job's log, and the whole command for apply mode", async () => {
    const text = await notes({ secrets });
    assert.match(text, /in namespace post\./);
    assert.match(text, /dry-run mode/);
    assert.match(text, /kubectl logs -n post job\/prod-mailroom-setup/);
    assert.match(text, /helm upgrade prod charts\/mailroom -n post -f secrets-values\.yaml --set setup\.apply=true/);
    assert.doesNotMatch(text, /provisioned/);
  });

  it("[MR-46] after apply: says that resources were provisioned", async () => {
    const text = await notes({ secrets, setup: { apply: true } });
    assert.match(text, /apply mode: missing mailboxes and contact groups were provisioned/);
    assert.doesNotMatch(text, /dry-run|--set setup\.apply/);
  });

  it("[MR-46] after a setup by others: claims neither", async () => {
    assert.doesNotMatch(await notes({ secrets, setup: { mode: "external" } }), /dry-run|provisioned/);
  });

  it("[MR-46] [MR-16] always: status, log, and the warning about --create-namespace with the way back", async () => {
    for (const setup of [{}, { apply: true }, { mode: "external" }]) {
      const text = await notes({ secrets, setup });
      assert.match(text, /kubectl get pods -n post -l app\.kubernetes\.io\/instance=prod/);
      assert.match(text, /kubectl logs -n post deploy\/prod-mailroom/);
      assert.match(text, /Do not use --create-namespace/);
      assert.match(text, /kubectl label namespace post pod-security\.kubernetes\.io\/enforce=restricted/);
    }
  });

  it("[MR-25] says where credentials given as values end up, and shows none", async () => {
    const text = await notes({ secrets });
    assert.match(text, /stored in the release record.*existingSecret/s);
    for (const value of Object.values(secrets)) assert.ok(!text.includes(value));
    assert.doesNotMatch(await notes({ existingSecret: "their-secret" }), /release record/);
  });
});
