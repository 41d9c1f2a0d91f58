package main

import (
	"context"

	"github.com/spf13/pflag"

	config "github.com/cert-manager/cert-manager/internal/apis/config/webhook"
	"github.com/cert-manager/cert-manager/internal/webhook"
	logf "github.com/cert-manager/cert-manager/pkg/logs"
	"github.com/cert-manager/cert-manager/pkg/webhook/options"
)

// webhookProgram validates what the API server is given, and notes who asked for a certificate. It takes all of upstream's flags but a file of them.
type webhookProgram struct{ config *config.WebhookConfiguration }

func newWebhookProgram() (program, error) {
	defaults, err := options.NewWebhookConfiguration()
	return &webhookProgram{defaults}, err
}

func (w *webhookProgram) addFlags(flags *pflag.FlagSet) { options.AddConfigFlags(flags, w.config) }

func (w *webhookProgram) run(ctx context.Context) error {
	if err := logf.ValidateAndApply(&w.config.Logging); err != nil {
		return err
	}
	server, err := webhook.NewCertManagerWebhookServer(logf.FromContext(ctx), *w.config)
	if err != nil {
		return err
	}
	return server.Run(ctx)
}
