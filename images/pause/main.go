// Command pause holds a pod's namespaces open: it does nothing until it is told to stop.
// It starts no process and reaps none; a pod that shares its process namespace brings its own init.
package main

import (
	"os"
	"os/signal"
	"syscall"
)

func main() {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGINT, syscall.SIGTERM)
	<-stop
}
