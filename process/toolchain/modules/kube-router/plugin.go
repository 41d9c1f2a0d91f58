package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/klog/v2"
)

// pluginConfig is the plugin's part of a CNI network configuration, with what the plugins before it made.
type pluginConfig struct {
	CNIVersion string `json:"cniVersion"`
	// Host is the node's address.
	Host string `json:"host"`
	// Agent is the socket of the node's own agent, without which no pod starts.
	Agent string `json:"agent"`
	// Others are those of the other nodes' agents, told when they are there: their rules let the pod in.
	Others     []string        `json:"others"`
	PrevResult json.RawMessage `json:"prevResult"`
}

// plugin answers a container runtime as https://www.cni.dev/docs/spec asks.
func plugin(command string) int {
	var config pluginConfig
	err := json.NewDecoder(os.Stdin).Decode(&config)
	if err == nil {
		switch command {
		case "VERSION":
			fmt.Println(`{"cniVersion":"1.0.0","supportedVersions":["0.4.0","1.0.0"]}`)
		case "ADD":
			if err = tellAll(config); err == nil {
				_, err = os.Stdout.Write(config.PrevResult)
			}
		}
	}
	if err == nil {
		return 0
	}
	_ = json.NewEncoder(os.Stdout).Encode(map[string]any{
		"cniVersion": config.CNIVersion, "code": 11, "msg": "NetworkPolicies: " + err.Error(),
	})
	return 1
}

func tellAll(config pluginConfig) error {
	starting, err := startingPod(config)
	if err != nil {
		return err
	}
	ends := make(chan error)
	for _, socket := range config.Others {
		go func() {
			_ = tell(socket, starting)
			ends <- nil
		}()
	}
	go func() {
		err := tell(config.Agent, starting)
		// An agent that has not started yet will; one that is dead is for a person to start.
		for late := time.Now().Add(patience); isAbsent(err) && time.Now().Before(late); err = tell(config.Agent, starting) {
			time.Sleep(200 * time.Millisecond)
		}
		ends <- err
	}()
	for range len(config.Others) + 1 {
		err = errors.Join(err, <-ends)
	}
	return err
}

// startingPod reads the pod's names from the runtime's arguments, and its address from what the plugin before this one made.
func startingPod(config pluginConfig) (pod, error) {
	args := map[string]string{}
	for _, one := range strings.Split(os.Getenv("CNI_ARGS"), ";") {
		name, value, _ := strings.Cut(one, "=")
		args[name] = value
	}
	var result struct {
		IPs []struct {
			Address string `json:"address"`
		} `json:"ips"`
	}
	if err := json.Unmarshal(config.PrevResult, &result); err != nil || len(result.IPs) != 1 {
		return pod{}, fmt.Errorf("one address is expected of the plugin before, got %s", config.PrevResult)
	}
	ip, _, err := net.ParseCIDR(result.IPs[0].Address)
	return pod{
		Namespace: args["K8S_POD_NAMESPACE"], Name: args["K8S_POD_NAME"], UID: types.UID(args["K8S_POD_UID"]),
		IP: ip.String(), Host: config.Host,
	}, err
}

// isAbsent says whether nobody listens at a socket.
func isAbsent(err error) bool {
	var dialing *net.OpError
	return errors.As(err, &dialing) && dialing.Op == "dial"
}

// tell waits for the agent's answer: its rules are written.
func tell(socket string, starting pod) error {
	connection, err := net.Dial("unix", socket)
	if err != nil {
		return err
	}
	defer connection.Close()
	_ = connection.SetDeadline(time.Now().Add(2 * patience))
	if err := json.NewEncoder(connection).Encode(starting); err != nil {
		return err
	}
	answer, err := io.ReadAll(connection)
	if err == nil && string(answer) != "ok" {
		err = errors.New(string(answer))
	}
	return err
}

// listen answers plugins, each connection one pod.
func listen(ctx context.Context, socket string, answer func(pod) error) error {
	_ = os.Remove(socket) // of one that was killed
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return err
	}
	if err := os.Chmod(socket, 0o600); err != nil {
		return err
	}
	go func() {
		<-ctx.Done()
		listener.Close()
	}()
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer connection.Close()
				var starting pod
				err := json.NewDecoder(connection).Decode(&starting)
				if err == nil {
					err = answer(starting)
				}
				if err == nil {
					_, _ = io.WriteString(connection, "ok")
					return
				}
				klog.Errorf("pod %s/%s: %v", starting.Namespace, starting.Name, err)
				_, _ = io.WriteString(connection, err.Error())
			}()
		}
	}()
	return nil
}
