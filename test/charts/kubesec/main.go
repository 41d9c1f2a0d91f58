// Scores workloads as kubesec does: objects as lines of JSON in, its reports as lines of JSON out. Whether an object is valid is not asked here.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"github.com/controlplaneio/kubesec/v2/pkg/ruler"
	"go.uber.org/zap"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "kubesec:", err)
		os.Exit(1)
	}
}

func run() error {
	rules := ruler.NewRuleset(zap.NewNop().Sugar())
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 16<<20)
	out := json.NewEncoder(os.Stdout)
	for in.Scan() {
		reports, err := rules.Run("stdin", in.Bytes(), ruler.SchemaConfig{DisableValidation: true})
		if err != nil {
			return err
		}
		if len(reports) != 1 {
			return fmt.Errorf("%d reports of one object", len(reports))
		}
		if err := out.Encode(reports[0]); err != nil {
			return err
		}
	}
	return in.Err()
}
