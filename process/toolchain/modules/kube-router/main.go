// cspell:ignore clientcmd IPCIDRs netpol Warningf

// Command kube-router enforces the NetworkPolicies of one node's pods, with kube-router's controller for them and nothing else of it:
// without its router, its service proxy and what these link. It waits for its node and its permissions instead of giving up.
// As a CNI plugin, which is how a container runtime starts it, it holds a pod back until the agents of the nodes know its address.
package main

import (
	"context"
	"flag"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/cloudnativelabs/kube-router/v2/pkg/controllers/netpol"
	"github.com/cloudnativelabs/kube-router/v2/pkg/healthcheck"
	"github.com/cloudnativelabs/kube-router/v2/pkg/options"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/klog/v2"
)

// settings are what the agent is started with.
type settings struct {
	kubeconfig, node, services, socket string
}

func main() {
	if command := os.Getenv("CNI_COMMAND"); command != "" {
		os.Exit(plugin(command))
	}
	var given settings
	flag.StringVar(&given.kubeconfig, "kubeconfig", "", "file with the API server's address and the identity")
	flag.StringVar(&given.node, "node", "", "name of the node whose pods are protected")
	flag.StringVar(&given.services, "service-cluster-ip-range", "", "addresses of Services")
	flag.StringVar(&given.socket, "socket", "", "where the addresses of starting pods are told")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := enforce(ctx, given); err != nil {
		klog.Fatal(err)
	}
}

// enforce works until ctx ends. The rules stay behind: they are the network namespace's, and go with it.
func enforce(ctx context.Context, given settings) error {
	access, err := clientcmd.BuildConfigFromFlags("", given.kubeconfig)
	if err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(access)
	if err != nil {
		return err
	}
	awaitNode(ctx, client, given.node)
	factory := informers.NewSharedInformerFactory(client, 0)
	early := newEarlyAddresses(factory.Core().V1().Pods().Informer())
	namespaces := factory.Core().V1().Namespaces().Informer()
	policies := factory.Networking().V1().NetworkPolicies().Informer()
	factory.Start(ctx.Done())
	factory.WaitForCacheSync(ctx.Done())
	if ctx.Err() != nil {
		return nil
	}

	config := options.NewKubeRouterConfig()
	config.EnableIPv4 = true
	config.HostnameOverride = given.node
	config.ClusterIPCIDRs = []string{given.services}
	config.IPTablesSyncPeriod = time.Minute
	tables, sets, err := netpol.NewIPTablesHandlers(config)
	if err != nil {
		return err
	}
	syncs := newSyncs()
	controller, err := netpol.NewNetworkPolicyController(
		client, config, early, policies, namespaces, &sync.Mutex{}, tables, syncs.watched(sets))
	if err != nil {
		return err
	}
	for informer, handler := range map[cache.SharedIndexInformer]cache.ResourceEventHandler{
		early:      controller.PodEventHandler,
		namespaces: controller.NamespaceEventHandler,
		policies:   controller.NetworkPolicyEventHandler,
	} {
		if _, err := informer.AddEventHandler(handler); err != nil {
			return err
		}
	}

	beats := make(chan *healthcheck.ControllerHeartbeat)
	go func() {
		for range beats { // the controller sends one as each round begins, and waits until it is taken
			syncs.begin()
		}
	}()
	answer := func(told pod) error {
		if err := early.add(told); err != nil {
			return err
		}
		return syncs.next(controller.RequestFullSync)
	}
	if err := listen(ctx, given.socket, answer); err != nil {
		return err
	}
	var running sync.WaitGroup
	running.Add(1)
	controller.Run(beats, ctx.Done(), &running)
	running.Wait()
	return nil
}

// awaitNode waits until the node has registered: the controller takes its address from there.
func awaitNode(ctx context.Context, client kubernetes.Interface, name string) {
	for ctx.Err() == nil {
		_, err := client.CoreV1().Nodes().Get(ctx, name, metav1.GetOptions{})
		if err == nil {
			return
		}
		klog.Warningf("waiting for node %s: %v", name, err)
		select {
		case <-ctx.Done():
		case <-time.After(500 * time.Millisecond):
		}
	}
}
