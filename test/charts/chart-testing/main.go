// chart-testing, as its own project builds it.
package main

import "github.com/helm/chart-testing/v3/ct/cmd"

func main() {
	cmd.Execute()
}
