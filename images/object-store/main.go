// Command object-store is SeaweedFS as one server: an S3 API and an Iceberg REST catalog over one folder, without its web pages, WebDAV and telemetry.
// Only the two take connections from outside of the pod that are of use; a NetworkPolicy lets no other port be reached.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing/fstest"

	"github.com/seaweedfs/seaweedfs/weed/command"
	"github.com/seaweedfs/seaweedfs/weed/glog"
	weed_server "github.com/seaweedfs/seaweedfs/weed/server"
	flag "github.com/seaweedfs/seaweedfs/weed/util/fla9"
	util_http "github.com/seaweedfs/seaweedfs/weed/util/http"
)

const usage = `object-store serves S3 on port 8333 and an Iceberg REST catalog on port 8181.

Environment:
  AWS_ACCESS_KEY_ID           the administrator's key; required
  AWS_SECRET_ACCESS_KEY       its secret; required
  OBJECT_STORE_USER_ACCESS_KEY_ID, OBJECT_STORE_USER_SECRET_ACCESS_KEY
                              key of a user that reads and writes objects and tables of the buckets below and nothing else; both or neither
  OBJECT_STORE_DATA           folder of the data; default /data
  OBJECT_STORE_BUCKETS        buckets that are made at the start, with commas between them
  OBJECT_STORE_TABLE_BUCKETS  buckets of Iceberg tables that are made at the start: the catalog's warehouses s3://<name>
  OBJECT_STORE_URL            address that clients use, which the catalog tells them; default http://<host name>:8333
Exit codes: 0 stopped, 2 wrong environment or arguments.`

func main() {
	if len(os.Args) > 1 {
		if os.Args[1] == "--help" {
			fmt.Println(usage)
			return
		}
		fail(fmt.Sprintf("unknown argument %q; --help lists the environment", os.Args[1]))
	}
	arguments, wrong := arguments(os.Getenv)
	if len(wrong) > 0 {
		fail(strings.Join(wrong, "\n"))
	}
	if text := identities(os.Getenv); text != "" {
		file := filepath.Join(os.TempDir(), "identities.json")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			fail(err.Error())
		}
		arguments = append(arguments, "-s3.config="+file)
	}
	weed_server.StaticFS = fstest.MapFS{} // files of web pages that are not served
	util_http.InitGlobalHttpClient()
	_ = flag.Set("logtostderr", "true")
	glog.MaxSize = 1 << 20
	for _, mini := range command.Commands {
		if mini.Name() == "mini" {
			if err := mini.Flag.Parse(arguments); err != nil {
				fail(err.Error())
			}
			mini.Run(mini, nil)
			os.Exit(command.CommandExitStatus())
		}
	}
}

// arguments are those of SeaweedFS' command mini, from the environment; or what is wrong with it.
func arguments(get func(string) string) (arguments, wrong []string) {
	for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"} {
		if get(name) == "" {
			wrong = append(wrong, name+" is missing from the environment: without it everybody would be let in")
		}
	}
	if (get("OBJECT_STORE_USER_ACCESS_KEY_ID") == "") != (get("OBJECT_STORE_USER_SECRET_ACCESS_KEY") == "") {
		wrong = append(wrong, "OBJECT_STORE_USER_ACCESS_KEY_ID and OBJECT_STORE_USER_SECRET_ACCESS_KEY belong together: one of them is missing from the environment")
	}
	if key := get("OBJECT_STORE_USER_ACCESS_KEY_ID"); key != "" && key == get("AWS_ACCESS_KEY_ID") {
		wrong = append(wrong, "OBJECT_STORE_USER_ACCESS_KEY_ID is the administrator's: the user would have all rights")
	}
	folder := get("OBJECT_STORE_DATA")
	if folder == "" {
		folder = "/data"
	}
	url := get("OBJECT_STORE_URL")
	if url == "" {
		name, _ := os.Hostname()
		url = "http://" + name + ":8333"
	}
	return []string{
		"-dir=" + folder,
		"-ip=127.0.0.1", // how its parts, all in this process, find one another
		"-ip.bind=0.0.0.0",
		"-bucket=" + get("OBJECT_STORE_BUCKETS"),
		"-tableBucket=" + get("OBJECT_STORE_TABLE_BUCKETS"),
		"-s3.externalUrl=" + url,
		"-s3.port.lance=0",
		"-admin.ui=false",
		"-webdav=false",
		"-master.telemetry=false",
	}, wrong
}

// identities is the store's configuration of the user beside the administrator, empty without one. It names the variables of the key, which the store
// reads itself, so that no credential is in a file.
func identities(get func(string) string) string {
	if get("OBJECT_STORE_USER_ACCESS_KEY_ID") == "" {
		return ""
	}
	type credential struct {
		AccessKey string `json:"accessKey"`
		SecretKey string `json:"secretKey"`
	}
	type identity struct {
		Name        string       `json:"name"`
		Credentials []credential `json:"credentials"`
		Actions     []string     `json:"actions"`
	}
	actions := []string{}
	allow := func(variable string, words ...string) {
		for _, bucket := range strings.FieldsFunc(get(variable), func(one rune) bool { return one == ',' }) {
			for _, word := range words {
				actions = append(actions, word+":"+bucket)
			}
		}
	}
	allow("OBJECT_STORE_BUCKETS", "Read", "Write", "List")
	allow("OBJECT_STORE_TABLE_BUCKETS", "Read", "Write", "List", "s3tables:GetTableBucket", "s3tables:*Namespace", "s3tables:ListNamespaces",
		"s3tables:*Table", "s3tables:ListTables")
	user := identity{
		Name:        "user",
		Credentials: []credential{{"${OBJECT_STORE_USER_ACCESS_KEY_ID}", "${OBJECT_STORE_USER_SECRET_ACCESS_KEY}"}},
		Actions:     actions,
	}
	text, _ := json.Marshal(map[string][]identity{"identities": {user}})
	return string(text)
}

func fail(why string) {
	fmt.Fprintln(os.Stderr, why)
	os.Exit(2)
}
