// Package register names the secret stores the operator is built with. It stands in for the file of the same name that names every cloud's: a local
// cluster has none of them, and their client libraries are most of the build.
package register

import (
	_ "github.com/external-secrets/external-secrets/pkg/provider/fake"
	_ "github.com/external-secrets/external-secrets/pkg/provider/kubernetes"
)
