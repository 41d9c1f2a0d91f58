import { strict as assert } from "node:assert";
import { findingsFor, type Line } from "./labelled";

/** Classes of places where a credential stands: each member is found wherever such a text can be, and its harmless neighbour nowhere. */
const line = (where: Line["in"], at: string, text: unknown): Line => ({
  kind: "class",
  secret: true,
  in: where,
  at,
  text,
});
const script = (text: string): Line => line("args", "command", ["sh", "-c", text]);
const everywhere = (text: string): Line[] => [
  line("config", "a.txt", `${text}\n`),
  script(`cat > /f <<'EOF'\n${text}\nEOF`),
  script(text),
  line("env", "INIT", text),
  line("value", "files.init", text),
];
const found = (each: Line): boolean => findingsFor(each).length > 0;

const statements = {
  yes: [
    "ALTER LOGIN sa WITH PASSWORD=N'Sommer2024';",
    "CREATE LOGIN x WITH PASSWORD = N'Sommer2024'",
    "ALTER ROLE x LOGIN PASSWORD $$Sommer2024$$;",
    "CREATE USER x PASSWORD $pw$Sommer2024$pw$;",
    "SET PASSWORD FOR app = 'Sommer2024';",
    "SET PASSWORD = 'Sommer2024';",
    "SET PASSWORD FOR 'a'@'%' TO 'Sommer2024';",
    "INSERT INTO users (name,password) VALUES ('a','Sommer2024');",
    "INSERT INTO `users` (`name`, `password`) VALUES ('a', NULL), ('b', crypt('Sommer2024', gen_salt('bf')));",
    "REPLACE INTO shop.accounts (passwd) VALUES ('it''s me');",
    "UPDATE users SET password = md5('Sommer2024') WHERE id = 1;",
    "ALTER USER a IDENTIFIED VIA mysql_native_password USING PASSWORD('Sommer2024');",
    "CREATE USER a IDENTIFIED WITH sha256_password BY 'Sommer2024';",
    "CREATE ROLE a WITH PASSWORD = 'Sommer2024' AND LOGIN = true;",
    "CREATE DATABASE SCOPED CREDENTIAL c WITH IDENTITY = 'a', SECRET = 'Sommer2024';",
    "ALTER USER neo4j SET PASSWORD 'Sommer2024' CHANGE NOT REQUIRED;",
    "PRAGMA key = 'Sommer2024';",
    "CREATE DATABASE LINK l CONNECT TO scott IDENTIFIED BY Sommer2024 USING 'db'",
    'db.changeUserPassword("a", "Sommer2024")',
    "CONNECT scott/Sommer2024@db",
  ],
  no: [
    "ALTER LOGIN sa WITH PASSWORD = N'$(SA_PASSWORD)';",
    "INSERT INTO users (name, password) VALUES ($1, $2), (:name, :password), ('a', NULL);",
    "INSERT INTO roles (name, note) VALUES ('reader', 'may read');",
    "CREATE TABLE users (name text, password varchar(60) NOT NULL DEFAULT '');",
    "SELECT password FROM users WHERE name = 'a';",
    "SET PASSWORD FOR app = '${APP_PASSWORD}';",
    "ALTER ROLE x PASSWORD NULL;",
    "CREATE USER a IDENTIFIED VIA pam USING 'mariadb';",
    "CREATE USER a IDENTIFIED BY RANDOM PASSWORD;",
    "INSERT INTO users (name, password) VALUES ('a', crypt(:'pw', gen_salt('bf')));",
  ],
};

const documents = {
  yes: [
    '<entry key="db.password">Sommer2024</entry>',
    '<str name="password">Sommer2024</str>',
    '<connection-property name="password">Sommer2024</connection-property>',
    '<property name="javax.persistence.jdbc.password">Sommer2024</property>',
    '<setting name="Password"><value>Sommer2024</value></setting>',
    '<setting name="Password" serializeAs="String">\n  <value>Sommer2024</value>\n</setting>',
    "<param-name>password</param-name><param-value>Sommer2024</param-value>",
    "<env-entry-name>apiToken</env-entry-name><env-entry-type>String</env-entry-type><env-entry-value>Sommer2024</env-entry-value>",
    "<password>Sommer2024</password>",
    "<ns:password>Sommer2024</ns:password>",
    "<property><name>jdbc.password</name><description>of the user</description><value>Sommer2024</value></property>",
    "<dict><key>Password</key><string>Sommer2024</string></dict>",
    "<entry><string>password</string><string>Sommer2024</string></entry>",
    '<prop key="mail.password"><![CDATA[Sommer2024]]></prop>',
    '<property value="Sommer2024" name="password"/>',
    "<property name='password' value='Sommer2024'/>",
    "<credential-reference clear-text='Sommer2024'/>",
    '<bean><property name="password"><value>Sommer2024</value></property></bean>',
    "<note>to: all</note><password>Sommer2024</password>",
  ],
  no: [
    '<property name="password">${DB_PASSWORD}</property>',
    '<str name="password"></str>',
    '<label name="password">Password</label>',
    '<entry key="forgot.password">Did you forget your password?</entry>',
    "<param-name>tokenTimeout</param-name><param-value>3600</param-value>",
    "<name>username</name><value>a</value>",
    '<xs:element name="password" type="xs:string"/>',
    '<setting name="RequirePassword"><value>true</value></setting>',
  ],
};

const variables = {
  yes: [
    ["NEO4J_AUTH", "neo4j/hunter2"],
    ["NEO4J_AUTH", "neo4j/letmein"],
    ["RABBITMQ_ERLANG_COOKIE", "swordfish"],
    ["UNSEAL_KEY", "hunter2"],
    ["VAULT_DEV_ROOT_TOKEN_ID", "root"],
    ["ETCDCTL_USER", "root:hunter2"],
    ["ADMIN_KEY", "hunter2"],
    ["PASSWORD_HASH", "9a0364b9e99bb480dd25e1f0284c8555"],
    ["ADMIN_SECRET", "hunter2"],
    ["STRIPE_SECRET", "hunter2"],
    ["MY_SECRET", "sommer2024"],
    ["AUTH_SECRET", "hunter2"],
    ["my_secret", "sommer2024"],
    ["FLOWER_BASIC_AUTH", "admin:hunter2"],
    ["VAULT_SECRET_ID", "hunter2"],
    ["SOFTHSM_USER_PIN", "1234"],
    ["DB_PASSWORD", "myplaceholder2024"],
    ["DB_PASSWORD", "/Sommer2024"],
    ["DB_PASSWORD", "./hunter2"],
    ["DB_PASSWORD", "hunter2.key"],
    ["DB_PASSWORD", "hunter2.yaml"],
    ["DB_PASSWORD", "<hunter2>"],
    ["DB_PASSWORD", "!hunter2"],
    ["DB_PASSWORD", "env:hunter2"],
    ["DB_PASSWORD", "ENC(hunter2)"],
    ["DB_PASSWORD", "%hunter2%"],
    ["AUTHORIZATION", "Bearer hunter2hunter2"],
    ["OTEL_EXPORTER_OTLP_HEADERS", "authorization=Basic%20YWRtaW46aHVudGVyMg=="],
  ],
  no: [
    ["NEO4J_AUTH", "none"],
    ["AUTHORIZATION", "enabled"],
    ["AUTHORIZATION", "Basic auth"],
    ["AUTHORIZATION", "Bearer $(TOKEN)"],
    ["OTEL_EXPORTER_OTLP_HEADERS", "authorization=Basic%20$(TOKEN)"],
    ["GPG_KEY", "7169605F62C751356D054A26A821E680E5FA6305"],
    ["GF_SECURITY_ADMIN_PASSWORD", "$__file{/run/secrets/grafana}"],
    ["GF_DATABASE_PASSWORD", "$__vault{secret/data/grafana:password}"],
    ["NEO4J_AUTH", "neo4j/$(NEO4J_PASSWORD)"],
    ["ETCDCTL_USER", "root:$(ETCD_PASSWORD)"],
    ["RUN_AS_USER", "1000:1000"],
    ["APP_USER", "nginx:www-data"],
    ["KUBE_USER", "system:serviceaccount:a:b1"],
    ["UPSTREAM_AUTH", "localhost:8080"],
    ["PASSWORD_HASH", "argon2id"],
    ["TLS_SECRET", "web-tls"],
    ["DB_SECRET", "apps/db"],
    ["DB_SECRET", "db-credentials"],
    ["DB_SECRET_NAME", "db"],
    ["ADMIN_SECRET", "$(ADMIN)"],
    ["ROUTING_KEY", "orders"],
    ["TOKEN_ID", "web"],
    ["DB_PASSWORD", "password-placeholder"],
    ["DB_PASSWORD", "/run/secrets/db"],
    ["DB_PASSWORD", "<password>"],
    ["DB_PASSWORD", "<db-password-2>"],
    ["DB_PASSWORD", "env:DB_PASSWORD"],
    ["DB_PASSWORD", "pass://shop/db"],
    ["DB_PASSWORD", "!vault"],
    ["DB_PASSWORD", "..."],
    ["DB_PASSWORD", "%env(DB_PASSWORD)%"],
    ["DB_PASSWORD", "%DB_PASSWORD%"],
    ["DB_PASSWORD_FILE", "hunter2.yaml"],
    ["TLS_PRIVATE_KEY", "server.key"],
  ],
} as const;

const commands = {
  yes: [
    'echo "root:hunter2" | chpasswd',
    "echo root:hunter2 | sudo chpasswd",
    'chpasswd <<< "root:hunter2"',
    "chpasswd <<EOF\nroot:hunter2\nEOF",
    "printf 'root:%s\\n' hunter2 | chpasswd",
    "htpasswd -bc f u hunter2",
    "htpasswd -nb u hunter2 > f",
    "smbclient -U u%hunter2 //h/s",
    "rpcclient -U 'u%hunter2' h",
    "etcdctl --user root:hunter2 get a",
    "etcdctl --user=root:hunter2 get a",
    "sqlplus scott/hunter2@//db",
    "sqlplus -s scott/hunter2@db/xe @a.sql",
    "expdp system/hunter2@db full=y",
    "rabbitmqctl add_user a hunter2",
    "timeout 5 rabbitmqctl change_password a hunter2",
    "kubectl exec -it a -- rabbitmqctl add_user a hunter2",
    "mosquitto_pub -h h -P hunter2 -t a -m b",
    "cqlsh h -u a -p hunter2",
    "redis-cli AUTH hunter2",
    "redis-cli -h h AUTH default hunter2",
    "redis-cli CONFIG SET requirepass hunter2",
    "redis-cli ACL SETUSER a on '>hunter2' '~*'",
    "vault login s.hunter2",
    "vault operator unseal hunter2",
    "aws configure set aws_secret_access_key hunter2",
    "npm config set //r.example/:_authToken hunter2",
    "git config --global http.password hunter2",
    "echo hunter2 | docker login --password-stdin",
    "echo hunter2 | sudo -S reboot",
    "openssl enc -aes-256-cbc -k hunter2 -in a",
    "openssl passwd -6 hunter2",
    "7z a -phunter2 a.7z b",
    "unrar x -phunter2 a.rar",
    "mysqladmin -u root password hunter2",
    "lftp -u a,hunter2 h",
    "mc alias set m http://m:9000 a hunter2",
    "ipmitool -H h -U a -P hunter2 power on",
    "ssh-keygen -f k -N hunter2",
    "samba-tool user create a hunter2",
    "neo4j-admin dbms set-initial-password hunter2",
    "db2 connect to a user b using hunter2",
    "ejabberdctl register a h hunter2",
    "etcdctl user add root:hunter2",
    "echo hunter2 > /run/password",
    'echo "AUTH hunter2" | redis-cli',
    "consul agent -encrypt=hunter2",
    "ldapsearch -xw hunter2 -D a",
  ],
  no: [
    'echo "root:$ROOT_PASSWORD" | chpasswd',
    "cat /run/pw | docker login -u a --password-stdin",
    "chpasswd < /run/accounts",
    'htpasswd -bc f u "$PW"',
    "htpasswd -D f u",
    'smbclient -U "u%$PW" //h/s',
    "etcdctl user list",
    "sqlplus / as sysdba @a.sql",
    "rabbitmqctl list_users && rabbitmqctl set_permissions -p / a '.*' '.*' '.*'",
    "mosquitto_sub -p 8883 -t a",
    "vault login -method=kubernetes role=a",
    "redis-cli CONFIG SET maxmemory 1gb",
    "aws configure set region eu-central-1",
    "git config --global credential.helper store",
    "openssl enc -base64 -in a; openssl rand -hex 8; openssl req -key k.pem -keyout o",
    "ssh-keygen -f k -N '' -t rsa",
    "echo done | tee /log",
    "7z x a.7z -o/d -y",
    "mkdir -p /a/b && cp -p a b && ssh -p 22 h",
    "docker run -p 80:80 -u 1000:1000 a",
    "kubectl config set-context --current --namespace a",
    "htpasswd -bc FILE USER PASSWORD",
    "podman run -u 1000:1000 a",
    'echo "$TOKEN" > /run/token',
    "echo 'a:x:1000:1000::/a:' > \"$NSS_WRAPPER_PASSWD\"",
  ],
};

describe("secret-in-values, by classes of places", () => {
  for (const [title, { yes, no }] of Object.entries({ statements, documents })) {
    for (const text of yes)
      it(`finds, in ${title}, ${text}`, () => {
        for (const each of everywhere(text)) assert.ok(found(each), JSON.stringify([each.in, each.text]));
      });
    for (const text of no)
      it(`passes, in ${title}, ${text}`, () => {
        for (const each of everywhere(text)) assert.ok(!found(each), JSON.stringify([each.in, each.text]));
      });
  }

  for (const [name, text] of variables.yes)
    it(`finds ${name}=${text}`, () => assert.ok(found(line("env", name, text))));
  for (const [name, text] of variables.no)
    it(`passes ${name}=${text}`, () => assert.ok(!found(line("env", name, text))));

  const places = (text: string) => [script(text), line("config", "run.sh", `#!/bin/sh\nset -e\n${text}\n`)];
  for (const text of commands.yes)
    it(`finds ${text}`, () => {
      for (const each of places(text)) assert.ok(found(each), JSON.stringify([each.in, each.text]));
      if (!/[|<>'"]|&&/.test(text)) assert.ok(found(line("args", "args", text.split(" "))), "as arguments");
    });
  for (const text of commands.no)
    it(`passes ${text}`, () => {
      for (const each of places(text)) assert.ok(!found(each), JSON.stringify([each.in, each.text]));
    });
});
