/** Which words of a command are a credential, by the program that is run. One row for each way to give one; sources: the programs' own manuals. */

/** How programs take a credential. */
export interface Client {
  /** Name of the program, without its folder. */
  readonly program: RegExp;
  /** A word that must be among the others. */
  readonly needs?: RegExp;
  /** Letters of flags whose value is a password: `-p x` and `-px`. */
  readonly letters?: string;
  /** Flags of which only that word itself takes a password: `-k x`, not `-key x`. */
  readonly flags?: RegExp;
  /** Beginnings of words behind which the password stands: `-p` of `7z -px`, `pass:`. */
  readonly prefixes?: RegExp;
  /** Flags that take a user with a password, and what stands between the two. */
  readonly users?: RegExp;
  readonly between?: string;
  /** Words that are an account with its password, in the first group. */
  readonly account?: RegExp;
  /** The word behind which operands stand, how many there may be, and which of them is the password. Without a word all operands count. */
  readonly behind?: RegExp;
  readonly count?: readonly number[];
  readonly at?: number;
  /** Programs that set what a name says: `set NAME VALUE`. */
  readonly settings?: RegExp;
}

// cspell:disable: names of programs and of their flags
const flags: readonly Client[] = [
  { program: /^(?:mysql|mariadb)/, letters: "p" },
  {
    program: /^(?:sshpass|cqlsh|cypher-shell|couchbase-cli|cb(?:backup|restore|q|import|export|backupmgr))$/,
    letters: "p",
  },
  { program: /^mongo/, letters: "p" },
  {
    program: /^(?:docker|podman|nerdctl|skopeo|buildah|crane|oras|regctl|helm|az|cf|oc|argocd|ibmcloud|flux)$/,
    letters: "p",
    needs: /^login$/,
  },
  { program: /^(?:redis|valkey|keydb)-(?:cli|benchmark)$/, letters: "a" },
  { program: /^(?:ldap|slap)/, letters: "w" },
  { program: /^ldappasswd$/, letters: "as" },
  { program: /^slappasswd$/, letters: "s" },
  {
    program: /^(?:sqlcmd|bcp|isql|tsql|defncopy|freebcp|ipmitool|racadm|mosquitto_(?:pub|sub|rr)|zip|unzip)$/,
    letters: "P",
  },
  { program: /^snmp/, letters: "AX" },
  { program: /^ssh-keygen$/, letters: "NP" },
  {
    program:
      /^(?:useradd|usermod|twine|rabbitmqadmin|hdbsql|beeline|ncftp\w*|rdesktop|smbmap|steghide|aescrypt|evil-winrm|jboss-cli(?:\.sh)?|add-user(?:\.sh)?)$/,
    letters: "p",
  },
  { program: /^(?:vsql|kadmin)$/, letters: "w" },
  { program: /^kadmin(?:\.local)?$/, flags: /^-pw$/ },
  { program: /^(?:nodetool|plink|pscp|psftp|nzsql)$/, flags: /^-(?:pw|W)$/ },
  { program: /^(?:mcrypt|mdecrypt)$/, letters: "k" },
  { program: /^(?:ccrypt|ccencrypt|ccdecrypt)$/, letters: "K" },
  { program: /^(?:7z[arz]?|7zz|rar|unrar)$/, prefixes: /^-(?:h?p)(?=[^-])/ },
  { program: /^openssl$/, flags: /^-(?:k|K|hmac|psk)$/, prefixes: /^(?:pass|key|hexkey):/ },
  { program: /^(?:x?freerdp\d?|wlfreerdp)$/, prefixes: /^\/p:/ },
  {
    program: /^(?:influx|airflow|superset|elasticsearch-users|kcadm(?:\.sh)?|caddy)$/,
    flags: /^(?:-p|--plaintext|--token)$/,
  },
  { program: /^influx$/, flags: /^-t$/ },
  { program: /^(?:dotnet|nuget)$/, flags: /^-(?:k|p|apikey)$/i, needs: /^(?:push|source|sources|add|update)$/i },
  { program: /^(?:consul|nomad|serf)$/, flags: /^-encrypt$/ },
  { program: /^oathtool$/, flags: /^(?:-b|--base32)$/ },
  { program: /^ldap/, flags: /^-[xZLvncMA]+w$/ },
  { program: /^x11vnc$/, flags: /^-(?:passwd|storepasswd|viewpasswd)$/ },
  { program: /^qpdf$/, flags: /^--encrypt$/ },
  { program: /^doctl$/, letters: "t", needs: /^auth$/ },
  { program: /^pihole$/, flags: /^-p$/ },
];

const users: readonly Client[] = [
  { program: /^(?:curl|http|https|xh|hey|wrk)$/, users: /^(?:-u|--user|-U|--proxy-user|-a|--auth)$/, between: ":" },
  { program: /^ab$/, users: /^-[AP]$/, between: ":" },
  {
    program: /^(?:smbclient|rpcclient|smbget|smbcacls|smbtree|smbcquotas|winexe|net)$/,
    users: /^(?:-U|--user)$/,
    between: "%",
  },
  { program: /^wbinfo$/, users: /^(?:-a|--authenticate|--krb5auth)$/, between: "%" },
  { program: /^etcdctl$/, users: /^--user$/, between: ":" },
  {
    program: /^(?:ctr|nerdctl|crictl|skopeo|buildah|podman)$/,
    users: /^(?:-u|--user|--\w*-?creds)$/,
    between: ":",
    needs: /^(?:pull|push|copy|login|inspect|build|bud|from)$/,
  },
  { program: /^(?:ttyd|gotty)$/, users: /^(?:-c|--credential)$/, between: ":" },
  { program: /^(?:lftp|open)$/, users: /^(?:-u|--user)$/, between: "," },
  { program: /^influx$/, users: /^--username-and-password$/, between: ":" },
  {
    program: /^(?:sqlplus|sqlldr|expdp|impdp|exp|imp|rman|sqlcl|sql)$/,
    account: /^(?:userid=)?[\w$#.[\]]{1,60}\/([^@\s]{1,200}?)(?:@\S*)?$/,
  },
  {
    program: /^(?:mysqlsh|mycli|pgcli|usql|cockroach)$/,
    account: /^[\w.-]{1,60}:([^@\s/]{1,200})@[\w.-]+(?:[:/]\S*)?$/,
  },
  { program: /^(?:redis|valkey|keydb)-cli$/, account: /^>(\S+)$/, needs: /^setuser$/i },
];

const operands: readonly Client[] = [
  { program: /^rabbitmqctl$/, behind: /^(?:add_user|change_password|authenticate_user)$/, count: [2], at: 1 },
  { program: /^emqx(?:_ctl)?$/, behind: /^(?:add|passwd)$/, count: [2, 3], at: 1 },
  { program: /^(?:ejabberdctl|prosodyctl)$/, behind: /^(?:register|change_password)$/, count: [3], at: 2 },
  { program: /^htpasswd$/, needs: /^-(?!\w*n)\w*b/, count: [3, 4], at: -1 },
  { program: /^htpasswd$/, needs: /^-(?:\w*n\w*b|\w*b\w*n)/, count: [2, 3], at: -1 },
  { program: /^etcdctl$/, needs: /^user$/, behind: /^add$/, count: [1], at: 0 },
  { program: /^filebrowser$/, needs: /^users$/, behind: /^add$/, count: [2], at: 1 },
  { program: /^add-user(?:\.sh)?$/, count: [2, 3], at: 1 },
  { program: /^mosquitto_passwd$/, needs: /^-\w*b/, count: [3], at: 2 },
  { program: /^(?:redis|valkey|keydb)-cli$/, behind: /^auth$/i, count: [1, 2], at: -1 },
  { program: /^(?:vault|bao)$/, behind: /^(?:login|unseal|unwrap)$/, count: [1], at: 0 },
  { program: /^mysqladmin$/, behind: /^(?:password|old-password)$/, count: [1], at: 0 },
  { program: /^mc(?:li)?$/, behind: /^(?:set|add)$/, needs: /^(?:alias|host)$/, count: [4, 5], at: 3 },
  { program: /^mc(?:li)?$/, behind: /^add$/, needs: /^user$/, count: [3], at: 2 },
  { program: /^cf$/, behind: /^auth$/, count: [2], at: 1 },
  { program: /^samba-tool$/, behind: /^(?:create|add)$/, needs: /^user$/, count: [2], at: 1 },
  { program: /^radtest$/, count: [5, 6], at: 1 },
  { program: /^wpa_passphrase$/, count: [2], at: 1 },
  { program: /^(?:isql|iusql)$/, count: [3], at: 2 },
  {
    program: /^(?:cargo|snyk|ngrok|rclone|bw|glab)$/,
    behind: /^(?:login|auth|authtoken|add-authtoken|obscure|unlock)$/,
    count: [1],
    at: 0,
  },
  { program: /^bw$/, behind: /^login$/, count: [2, 3], at: 1 },
  { program: /^b2$/, behind: /^authorize(?:-account)?$/, count: [2], at: 1 },
  { program: /^cloudflared$/, behind: /^install$/, count: [1], at: 0 },
  { program: /^openssl$/, behind: /^passwd$/, count: [1, 2], at: -1 },
  { program: /^mkpasswd$/, count: [1, 2], at: 0 },
  { program: /^neo4j-admin$/, behind: /^set-initial-password$/, count: [1], at: 0 },
  { program: /^grafana(?:-cli)?$/, behind: /^reset-admin-password$/, count: [1], at: 0 },
  { program: /^pihole$/, behind: /^setpassword$/, count: [1], at: 0 },
  { program: /^db2$/, behind: /^using$/i, count: [1], at: 0 },
  { program: /^pdftk$/, behind: /^(?:user_pw|owner_pw|input_pw)$/, at: 0 },
  { program: /^nmcli$/, behind: /^password$/, at: 0 },
  { program: /^(?:poetry|composer)$/, behind: /^http-basic\.\S+$/, count: [2], at: 1 },
  {
    program: /^(?:poetry|composer)$/,
    behind: /^(?:pypi-token|github-oauth|gitlab-token|bearer)\.\S+$/,
    count: [1],
    at: 0,
  },
  {
    program:
      /^(?:aws|git|npm|yarn|pnpm|pulumi|gcloud|pip3?|redis-cli|valkey-cli|keydb-cli|etcdctl|consul|doppler|fly|flyctl|infisical|wp|nmcli|crudini|uci|snap|heroku|gh|conda|jf|jfrog|occ|rclone|confluent|vercel|supabase|minikube|asadmin|s3cmd|dotnet)$/,
    settings:
      /^(?:set|config|configure|put|create|mod|modify|add|update|--set|secrets?|config:set|config:system:set|user-secrets)$/i,
  },
];
// cspell:enable

/** Every row. */
export const clients: readonly Client[] = [...flags, ...users, ...operands];

// cspell:disable: names of programs
/** Programs that take a credential without a flag: a text that names one is read as commands though it has no flag. */
export const clientWords =
  /(?:^|[\s/"'`;&|(])(?:chpasswd|chgpasswd|passwd|htpasswd|mosquitto_passwd|smbpasswd|mkpasswd|rabbitmqctl|emqx|emqx_ctl|ejabberdctl|prosodyctl|(?:redis|valkey|keydb)-cli|vault|bao|mysqladmin|mc|mcli|cf|samba-tool|radtest|wpa_passphrase|isql|iusql|cargo|snyk|ngrok|rclone|bw|glab|b2|cloudflared|openssl|neo4j-admin|grafana|grafana-cli|pihole|db2|pdftk|nmcli|poetry|composer|aws|git|npm|yarn|pnpm|pulumi|gcloud|pip3?|etcdctl|consul|doppler|fly|flyctl|infisical|wp|crudini|uci|snap|heroku|gh|conda|jf|jfrog|occ|sqlplus|sqlldr|expdp|impdp|exp|imp|rman|sqlcl|mysqlsh|mycli|pgcli|usql|kinit|sudo|su|cryptsetup|realm|adcli|vncpasswd|saslpasswd2|filebrowser|add-user|x?freerdp|echo|printf)(?:\.sh)?(?=[\s"']|$)/;
// cspell:enable
