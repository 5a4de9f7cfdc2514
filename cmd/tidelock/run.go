package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"tidelock/cmd/tidelock/settings"
	"tidelock/proxy"
	"tidelock/proxy/config"
	"tidelock/proxy/config/syntax"
)

func runCommand() *cobra.Command {
	var files []string
	cmd := &cobra.Command{
		Use:   "run -f FILE...",
		Short: "Serve a configuration until told to stop",
		Long: "Serve a configuration in the foreground. SIGTERM and SIGINT stop listening and give exchanges in flight the time that\n" +
			"--grace says; a second signal cuts them. SIGUSR1 waits for them as long as hard-stop-after allows. SIGTTOU has clients\n" +
			"refused until SIGTTIN, SIGHUP has the state of all servers logged, SIGUSR2 has the settings read again.",
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := commandSettings(cmd)
			if err != nil {
				return err
			}
			p := newProgram(append(files, args...), s, cmd.OutOrStdout(), cmd.ErrOrStderr())
			p.reread = func() (settings.Settings, error) { return commandSettings(cmd) }
			return p.run(cmd.Context())
		},
	}
	addFilesFlag(cmd, &files)
	return cmd
}

// commandSettings reads the settings of a command.
func commandSettings(cmd *cobra.Command) (settings.Settings, error) {
	return settings.Load(cmd.Flags(), os.Environ())
}

func addFilesFlag(cmd *cobra.Command, files *[]string) {
	cmd.Flags().StringArrayVarP(files, "file", "f", nil, "configuration file, or folder of *.cfg files; may be repeated")
	cmd.PreRunE = func(cmd *cobra.Command, args []string) error {
		if len(*files) == 0 {
			return fmt.Errorf("expected a configuration, as in '%s -f haproxy.cfg'", cmd.CommandPath())
		}
		return nil
	}
}

// run serves until a signal comes or ctx ends.
func (p *program) run(ctx context.Context) error {
	// From here on, so that no signal meets a half-started process.
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT, syscall.SIGUSR1)
	defer signal.Stop(signals)
	requests := make(chan os.Signal, 8)
	signal.Notify(requests, syscall.SIGHUP, syscall.SIGTTOU, syscall.SIGTTIN)
	if p.reread != nil {
		signal.Notify(requests, syscall.SIGUSR2)
	}
	defer signal.Stop(requests)
	p.limitMemory()
	if err := p.startAdmin(ctx); err != nil {
		return err
	}
	defer p.admin.Close()

	if err := p.startTelemetry(ctx); err != nil {
		return err
	}
	defer p.stopTelemetry(ctx)
	served, cfg, err := p.load(ctx)
	if err != nil {
		return err
	}
	if cfg.Global.Threads > 0 {
		runtime.GOMAXPROCS(cfg.Global.Threads)
	}
	if err := limitProcess(cfg); err != nil {
		return err
	}
	if err := p.start(ctx, served, cfg); err != nil {
		for _, one := range unjoined(err) {
			syntax.Printf(p.stderr, syntax.Alert, "%s", one)
		}
		syntax.Printf(p.stderr, syntax.Alert, "[haproxy.main()] Some protocols failed to start their listeners! Exiting.")
		now, cancel := context.WithCancel(ctx)
		cancel()
		served.Stop(now)
		return exitStatus(exitError)
	}
	p.logJoins(served)
	p.bundles.Start()
	defer p.bundles.Close()
	if p.serving != nil {
		if err := p.serving(served); err != nil {
			return err
		}
	}
	for _, ready := range p.ready {
		if err := ready(); err != nil {
			return err
		}
	}
	p.admin.SetReady(served.WriteMetrics)
	settle(p.telemetry.Follower() != nil)
	for {
		select {
		case s := <-signals:
			return p.stop(ctx, served, cfg, s, signals)
		case s := <-requests:
			p.obey(served, s)
		case <-ctx.Done():
			return p.stop(context.WithoutCancel(ctx), served, cfg, syscall.SIGTERM, signals)
		}
	}
}

// obey does what a signal asks for that ends nothing.
func (p *program) obey(served *proxy.Proxy, s os.Signal) {
	switch s {
	case syscall.SIGHUP:
		served.DumpServers()
	case syscall.SIGTTOU:
		served.Pause()
	case syscall.SIGTTIN:
		served.Resume()
	case syscall.SIGUSR2:
		p.reloadSettings()
	}
}

// limitProcess applies what the global section says of files and processors.
func limitProcess(cfg *config.Configuration) error {
	if err := limitDescriptors(cfg.Global.DescriptorLimit); err != nil {
		return err
	}
	return bindProcessors(&cfg.Global.CPUs)
}

// start opens the listeners, and then gives up the rights that only that needed.
func (p *program) start(ctx context.Context, served *proxy.Proxy, cfg *config.Configuration) error {
	if err := served.Start(ctx); err != nil {
		return err
	}
	p.bundles.Record()
	if path := cfg.Global.Pidfile; path != "" && !p.noPidfile {
		if err := os.WriteFile(path, []byte(strconv.Itoa(os.Getpid())+"\n"), 0o644); err != nil {
			return fmt.Errorf("Cannot create pidfile %s: %w", path, err)
		}
	}
	if err := dropPrivileges(&cfg.Global); err != nil {
		return err
	}
	p.sockets.Decline()
	for _, listener := range served.Listeners() {
		p.log.Info("listening", "on", listener)
	}
	return nil
}

// stop ends the proxy as the signal asks, and at once when another one comes.
func (p *program) stop(ctx context.Context, served *proxy.Proxy, cfg *config.Configuration, s os.Signal, more <-chan os.Signal) error {
	p.admin.SetReady(nil)
	p.bundles.Close()
	if s == syscall.SIGUSR1 {
		served.Announce()
		patiently(cfg.Global.Grace, more)
		p.admin.Retire()
	}
	grace := p.settings.Process.Grace
	switch {
	case s == syscall.SIGUSR1:
		grace = cfg.Global.HardStopAfter
	case p.asHAProxy:
		grace = 0
	}
	p.log.Info("stopping", "signal", s, "grace", grace)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if grace > 0 || s != syscall.SIGUSR1 {
		ctx, cancel = context.WithTimeout(ctx, grace)
		defer cancel()
	}
	done := make(chan struct{})
	defer close(done)
	go func() {
		select {
		case <-more:
			cancel()
		case <-done:
		}
	}()
	if err := served.Stop(ctx); err != nil && !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, context.Canceled) {
		return err
	}
	p.log.Info("stopped")
	if number, ok := s.(syscall.Signal); ok && p.asHAProxy && number != syscall.SIGUSR1 {
		return exitStatus(exitSignal + int(number))
	}
	return nil
}

// patiently waits, until the time is over or another signal comes.
func patiently(d time.Duration, more <-chan os.Signal) {
	if d <= 0 {
		return
	}
	over := time.NewTimer(d)
	defer over.Stop()
	select {
	case <-over.C:
	case <-more:
	}
}

// unjoined returns the errors that errors.Join put together, however deep.
func unjoined(err error) []error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var all []error
	for _, one := range joined.Unwrap() {
		all = append(all, unjoined(one)...)
	}
	return all
}
