import { strict as assert } from "node:assert";
import { secretInValues } from "../../../policy/checks/secret-in-values";
import type { Json, JsonObject, Manifest } from "../../../policy/contract";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { deployment, manifest, podSpec, prod } from "../support/pod";
import { findingsFor, type Line } from "./labelled";

/** Files as programs and charts have them: a credential in each, and what only reads like one. */
const line = (where: Line["in"], at: string, text: unknown): Line => ({
  kind: "class",
  secret: true,
  in: where,
  at,
  text,
});

const files = {
  yes: [
    ["users.acl", "user default off\nuser web on >hunter2 ~* +@all\n"],
    ["redis.conf", "user web on +@read #5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8 ~app:*\n"],
    ["wp-config.php", "<?php\ndefine('DB_USER', 'shop');\ndefine( \"DB_PASSWORD\", 'hunter2' );\n"],
    ["nginx.conf", "proxy_pass http://shop:hunter2@backend;\n"],
    ["app.yaml", "db:\n  password: app-4711\n"],
    ["app.properties", "db.password=data:4711\ndb.user=shop\n"],
    ["run.sh", "creds=(-u root -phunter2)\n"],
    ["application.conf", 'password = "hunter2"\npassword = ${?PASSWORD}\n'],
  ],
  no: [
    ["users.acl", "user default on nopass ~* +@all\nuser web on >$WEB_PASSWORD ~* +@all\n"],
    ["run.sh", "user add web > /var/log/users\nuser list >out.txt\n"],
    ["wp-config.php", "<?php\ndefine('DB_PASSWORD', getenv('DB_PASSWORD'));\ndefine('AUTH_KEY', '');\n"],
    ["application.conf", "auth {\n  password = ${?BASIC_AUTH_PWD}\n  bind-pw = ${?LDAP_BIND_PWD}\n}\n"],
    [
      "start.sh",
      'creds=()\nadmin_creds=(-u "$user" -p "$password")\nlocal creds=("${admin_creds[@]}")\nGOSSIP_KEY="-config-file /etc/encrypt.json"\n',
    ],
    ["check.sh", "airflow db check-migrations -t 60\n"],
    ["quote.sh", 'python3 -c "import urllib.parse; encoded_pass = urllib.parse.quote(input()); print(encoded_pass)"\n'],
    ["upload.py", 'auth_token = line.split()[1]\nbody = """{"password": "{OS_PASSWORD}"}"""\n'],
    [
      "token.js",
      "const secretData = JSON.stringify({\n  data: {\n    token: base64Token,\n  },\n});\nconst token = body.token.value;\nconst base64Token = Buffer.from(token, 'utf8').toString('base64');\n",
    ],
    ["kubeconfig", "clusters:\n- cluster:\n    certificate-authority-data: Qk7Zp2Xv9Lm4Tb8Rw3Nc6Hd5Jf1Gs0YaUe2Io\n"],
    ["nginx.conf", "location / {\n  proxy_pass       $backend:3100$request_uri;\n}\n"],
    ["grafana.ini", "[security]\nadmin_password = $__file{/run/secrets/grafana}\nsecret_key = $__env{SECRET_KEY}\n"],
  ],
} as const;

describe("secret-in-values, in files of programs and values of charts", () => {
  for (const [name, text] of files.yes)
    it(`finds it in ${name}: ${JSON.stringify(text)}`, () =>
      assert.ok(findingsFor(line("config", name, text)).length > 0));
  for (const [name, text] of files.no)
    it(`passes ${name}: ${JSON.stringify(text)}`, () => assert.deepEqual(findingsFor(line("config", name, text)), []));
  for (const [path, text] of [
    ["enterpriseLicense.secretKey", "license"],
    ["gitSync.sshSecretKey", "id_rsa"],
    ["gitSync.sshKeySecretKey", "id_ed25519"],
    ["keyStore.jksSecretKey", "jenkins-jks-file"],
    ["git.secret", "git-creds"],
    ["ssl.secret", "mysql-ssl-certs"],
    ["secrets.service.httpPort", 3000],
    ["secrets.image.tag", "2.4.1"],
    ["images.secrets.repository", "registry.example/secrets"],
    ["images.secrets.pullPolicy", "IfNotPresent"],
  ] as const)
    it(`passes ${path}: ${text}`, () => assert.deepEqual(findingsFor(line("value", path, text)), []));
});

describe("secret-in-values, in annotations", () => {
  const said = (object: Manifest) =>
    secretInValues.check([object], prod).map(({ field, got, outcome }) => `${field} ${got} ${outcome}`);
  const ingress = (annotations: JsonObject, kind = "Ingress") =>
    manifest("networking.k8s.io/v1", kind, { metadata: { name: "web", annotations } });
  const header = 'proxy_set_header Authorization "Basic YWRtaW46aHVudGVyMg==";';

  it("finds it in an object's, by name and by look", () => {
    const found = said(ingress({ "proxy.example/api-token": "hunter2", "proxy.example/snippet": header }));
    assert.deepEqual(found, [
      'metadata.annotations["proxy.example/api-token"] a literal (not shown) fail',
      'metadata.annotations["proxy.example/snippet"] an authorization header (not shown) fail',
    ]);
  });

  it("finds it in a pod template's, once", () => {
    const template = { "vault.hashicorp.com/agent-inject-template-db": "password: hunter2\n" };
    assert.deepEqual(said(deployment(podSpec(), template)), [
      'spec.template.metadata.annotations["vault.hashicorp.com/agent-inject-template-db"] at password a literal (not shown) fail',
    ]);
    assert.equal(said(manifest("v1", "Pod", { metadata: { annotations: { password: "hunter2" } } })).length, 1);
  });

  it("passes names of Secrets, switches, templates, checksums, reasons and what a Secret has itself", () => {
    const annotations = {
      "nginx.ingress.kubernetes.io/auth-secret": "shop/basic-auth",
      "vault.hashicorp.com/agent-inject-token": "true",
      "vault.hashicorp.com/agent-inject-secret-db": "database/creds/shop",
      "vault.hashicorp.com/agent-inject-template-db": '{{ with secret "a" }}password: {{ .Data.password }}{{ end }}',
      "checksum/secret": "3f9a1c7e5b0d82463f9a1c7e5b0d82463f9a1c7e5b0d82463f9a1c7e5b0d8246",
      "checksum-secret": "3f9a1c7e5b0d82463f9a1c7e5b0d82463f9a1c7e5b0d82463f9a1c7e5b0d8246",
      "argocd-image-updater.argoproj.io/web.pull-secret": "pullsecret:argocd/ghcr",
      "hardened.pulumi/service-account-token": "asks the API server for its own pods",
    };
    assert.deepEqual(said(ingress(annotations)), []);
    assert.deepEqual(said(manifest("v1", "Secret", { metadata: { annotations: { token: "hunter2" } } })), []);
  });

  it("cannot evaluate one that is not known where its name is that of a credential", () => {
    const unknown = UNKNOWN as unknown as Json;
    const found = said(ingress({ "proxy.example/api-token": unknown, "checksum/config": unknown }));
    assert.deepEqual(found, [
      'metadata.annotations["proxy.example/api-token"] a value unknown until deployment undetermined',
    ]);
  });
});
