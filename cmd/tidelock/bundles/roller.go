package bundles

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/metric/noop"

	"tidelock/proxy/config"
	"tidelock/proxy/luabridge"
	"tidelock/proxy/pause"
	"tidelock/proxy/telemetry"
	"tidelock/sdk/bundle/registry"
	"tidelock/sdk/bundle/trust"
)

// Scripts are those of a running configuration.
type Scripts interface {
	Bundles() []luabridge.BundleState
	Roll(ctx context.Context, name string, next *luabridge.Bundle) error
}

// Roller has newer versions of bundles take the place of those that serve, and older ones again when that was a mistake.
type Roller struct {
	policy  *Policy
	scripts Scripts
	log     *slog.Logger
	rolls   metric.Int64Counter
	bundles map[string]*followed // by their names in the configuration

	life context.Context
	end  context.CancelFunc
	mu   sync.Mutex // held while something begins beside all else, or life ends
	done sync.WaitGroup
}

// followed is a bundle whose reference is looked at.
type followed struct {
	line      config.ScriptBundle
	reference trust.Reference

	mu      sync.Mutex // held while the bundle is changed
	refused string     // digest that is not tried again until the tag moves; guarded by mu
	trouble string     // what the last look failed with, which is logged once; guarded by mu

	outcome outcome
}

// Outcomes of rolls.
const (
	Rolled   = "rolled"
	Refused  = "refused"
	Returned = "returned"
)

// outcome is what the last roll came to, as show bundles has it.
type outcome struct {
	mu   sync.Mutex
	text string // guarded by mu
}

func (o *outcome) set(text string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.text = text
}

func (o *outcome) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text
}

// NewRoller returns what rolls the bundles of scripts, which policy has opened. Rolls are counted by meters; nil: nobody does.
func NewRoller(policy *Policy, scripts Scripts, log *slog.Logger, meters metric.MeterProvider) *Roller {
	r := &Roller{policy: policy, scripts: scripts, log: log, bundles: make(map[string]*followed)}
	if meters == nil {
		meters = noop.NewMeterProvider()
	}
	r.rolls, _ = meters.Meter(telemetry.Scope).Int64Counter("tidelock.bundle.rolls", metric.WithUnit("{roll}"),
		metric.WithDescription("Versions of bundles that took another's place, were refused, or were taken back.")) // the name is valid
	r.life, r.end = context.WithCancel(context.Background())
	for _, state := range scripts.Bundles() {
		reference, _ := trust.ParseReference(state.Line.Reference) // policy has opened it
		r.bundles[state.Line.Name] = &followed{line: state.Line, reference: reference, outcome: outcome{text: "serving"}}
	}
	return r
}

// Record remembers the versions that serve. r may be nil.
func (r *Roller) Record() {
	if r == nil {
		return
	}
	for _, state := range r.scripts.Bundles() {
		r.record(state.Bundle)
	}
}

func (r *Roller) record(u *luabridge.Bundle) {
	if err := r.policy.versions.Record(u.Label, u.Version, u.Digest); err != nil {
		r.log.Error("version not remembered: an older one could run after the next start", "bundle", u.String(), "error", err)
	}
}

// Start begins to look whether tags move. r may be nil.
func (r *Roller) Start() {
	if r == nil || r.policy.settings.Poll == 0 {
		return
	}
	for _, f := range r.bundles {
		if f.reference.Registry == "" || f.reference.Digest != "" {
			continue // it cannot move
		}
		r.background(func() {
			for pause.For(r.life, r.policy.settings.Poll) {
				r.look(f)
			}
		})
	}
}

// background does something beside all else, until Close. After that nothing begins any more: a command may still roll.
func (r *Roller) background(do func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.life.Err() == nil {
		r.done.Go(do)
	}
}

// Close ends that. r may be nil.
func (r *Roller) Close() {
	if r == nil {
		return
	}
	r.mu.Lock()
	r.end()
	r.mu.Unlock()
	r.done.Wait()
}

// look rolls to what the tag is on now, and logs what comes of it.
func (r *Roller) look(f *followed) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch _, err := r.roll(r.life, f); {
	case err == nil:
		f.trouble = ""
	case r.life.Err() != nil:
	case err.Error() != f.trouble: // once, and not with every look
		f.trouble = err.Error()
		r.log.Error("bundle not rolled: what serves goes on", "bundle", f.line.Name, "error", err)
	}
}

// state returns what serves.
func (r *Roller) state(name string) luabridge.BundleState {
	for _, state := range r.scripts.Bundles() {
		if state.Line.Name == name {
			return state
		}
	}
	return luabridge.BundleState{}
}

// roll brings what the reference leads to now into service. The caller holds f.mu. It reports false when that serves already,
// or was refused before.
func (r *Roller) roll(ctx context.Context, f *followed) (bool, error) {
	state := r.state(f.line.Name)
	if f.reference.Registry != "" {
		digest, err := r.resolve(ctx, f)
		if err != nil {
			return false, err
		}
		if digest == state.Bundle.Digest {
			f.refused = ""
		}
		if digest == state.Bundle.Digest || digest == f.refused {
			return false, nil
		}
	}
	artifact, err := r.policy.load(ctx, f.reference)
	if err != nil {
		return false, err
	}
	if digest := artifact.Digest(); digest == state.Bundle.Digest || digest == f.refused {
		return false, nil
	}
	next, err := r.policy.check(artifact, f.line, f.reference)
	if err == nil {
		err = r.scripts.Roll(ctx, f.line.Name, next)
	}
	if err != nil {
		if ctx.Err() == nil {
			f.refused = artifact.Digest()
			r.came(f, Refused, " "+f.refused)
		}
		return false, err
	}
	r.came(f, Rolled, "")
	r.log.Info("bundle rolled", "bundle", f.line.Name, "from", state.Bundle.String(), "to", next.String(), "digest", next.Digest)
	r.record(next)
	r.background(func() { r.watch(f, next) })
	return true, nil
}

// came notes what a roll came to.
func (r *Roller) came(f *followed, outcome, detail string) {
	f.outcome.set(outcome + detail)
	r.rolls.Add(context.Background(), 1, metric.WithAttributes(
		attribute.String("tidelock.bundle.alias", f.line.Name), attribute.String("tidelock.outcome", outcome)))
}

func (r *Roller) resolve(ctx context.Context, f *followed) (string, error) {
	ctx, end := context.WithTimeout(ctx, pullTime)
	defer end()
	return registry.Resolve(ctx, f.reference.Registry, r.policy.trust.Registry)
}

// watch takes a new version back when too many of its executions fail while it is new.
func (r *Roller) watch(f *followed, next *luabridge.Bundle) {
	s := &r.policy.settings
	if s.ReturnErrors == 0 {
		return
	}
	interval := min(time.Second, s.ReturnWindow/10)
	for deadline := time.Now().Add(s.ReturnWindow); time.Now().Before(deadline); {
		if !pause.For(r.life, interval) {
			return
		}
		state := r.state(f.line.Name)
		switch {
		case state.Bundle != next:
			return
		case state.Executions >= uint64(s.ReturnExecutions) && float64(state.Errors) > float64(s.ReturnErrors)*float64(state.Executions):
			f.mu.Lock()
			defer f.mu.Unlock()
			log := r.log.With("bundle", f.line.Name, "from", next.String(), "executions", state.Executions, "errors", state.Errors)
			if err := r.giveBack(r.life, f, next); err != nil {
				log.Error("bundle not taken back, though too many of its executions failed", "error", err)
				return
			}
			log.Error("bundle taken back: too many of its executions failed")
			return
		}
	}
}

// giveBack has what served before a bundle serve again. The caller holds f.mu.
func (r *Roller) giveBack(ctx context.Context, f *followed, bad *luabridge.Bundle) error {
	state := r.state(f.line.Name)
	if state.Bundle != bad {
		return nil // something else serves in the meantime
	}
	if state.Previous == nil {
		return errors.New("nothing has served before it")
	}
	if err := r.scripts.Roll(ctx, f.line.Name, state.Previous); err != nil {
		return err
	}
	f.refused = bad.Digest
	r.came(f, Returned, " from "+bad.Digest)
	r.record(state.Previous) // else it could not be started any more
	return nil
}

// named returns a bundle by its name in the configuration.
func (r *Roller) named(name string) (*followed, error) {
	if f := r.bundles[name]; f != nil {
		return f, nil
	}
	return nil, fmt.Errorf("%w: '%s'", luabridge.ErrUnknownBundle, strings.ToValidUTF8(name, "?"))
}
