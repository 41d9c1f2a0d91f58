package main

import (
	"context"

	"github.com/spf13/pflag"
	admission "k8s.io/api/admissionregistration/v1"
	core "k8s.io/api/core/v1"
	extensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/rest"
	registration "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	metrics "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	certmanager "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	"github.com/cert-manager/cert-manager/pkg/controller/cainjector"
	logf "github.com/cert-manager/cert-manager/pkg/logs"
	"github.com/cert-manager/cert-manager/pkg/util"
)

// injectorProgram writes the CAs of webhooks into the configurations by which the API server calls them.
type injectorProgram struct{ shared }

func (i *injectorProgram) run(ctx context.Context) error {
	if err := logf.ValidateAndApply(i.logging); err != nil {
		return err
	}
	access, err := rest.InClusterConfig()
	if err != nil {
		return err
	}
	// Objects are applied under the name that begins the user agent: without one every apply is refused.
	access = util.RestConfigWithUserAgent(access, "cainjector")
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{
		admission.AddToScheme, certmanager.AddToScheme, core.AddToScheme, extensions.AddToScheme, registration.AddToScheme,
	} {
		if err := add(scheme); err != nil {
			return err
		}
	}
	manager, err := ctrl.NewManager(access, ctrl.Options{
		Scheme: scheme,
		Logger: logf.FromContext(ctx),
		// Secrets are watched by their metadata alone, and the few that matter are read when needed.
		Client:                        client.Options{Cache: &client.CacheOptions{DisableFor: []client.Object{&core.Secret{}}}},
		Metrics:                       metrics.Options{BindAddress: i.metricsAddress},
		LeaderElection:                true,
		LeaderElectionID:              "cert-manager-cainjector-leader-election",
		LeaderElectionNamespace:       i.electionNamespace,
		LeaderElectionReleaseOnCancel: true,
		LeaseDuration:                 &i.leaseDuration,
		RenewDeadline:                 &i.renewDeadline,
		RetryPeriod:                   &i.retryPeriod,
	})
	if err != nil {
		return err
	}
	err = cainjector.RegisterAllInjectors(ctx, manager, cainjector.SetupOptions{
		EnableCertificatesDataSource: true,
		EnabledReconcilersFor: map[string]bool{
			cainjector.MutatingWebhookConfigurationName:   true,
			cainjector.ValidatingWebhookConfigurationName: true,
			cainjector.APIServiceName:                     true,
			cainjector.CustomResourceDefinitionName:       true,
		},
	})
	if err != nil {
		return err
	}
	return manager.Start(ctx)
}

func (i *injectorProgram) addFlags(flags *pflag.FlagSet) { i.shared.addFlags(flags) }
