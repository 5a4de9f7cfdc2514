package host

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"

	"tidelock/abi"
)

// Seal runs the init functions, takes the snapshot and makes the instances. Afterwards registrations can be called, and
// nothing more can be loaded.
func (image *Image) Seal(ctx context.Context) error {
	if image.snapshot != nil {
		return errors.New("an image can be sealed only once")
	}
	registrations := image.Registrations()
	for _, r := range registrations {
		if r.Kind == KindInit {
			if err := r.runOnce(ctx); err != nil {
				return err
			}
		}
	}
	if err := image.collect(ctx); err != nil {
		return err
	}
	if err := image.takeSnapshot(); err != nil {
		return fmt.Errorf("taking the image: %w", err)
	}
	if err := image.natives.takeSnapshots(); err != nil {
		return fmt.Errorf("taking the image of a native module: %w", err)
	}
	registrations = slices.DeleteFunc(registrations, func(r *Registration) bool { return r.Kind == KindInit })
	var found *sharing
	if image.config.Isolation == IsolateAutomatically || image.config.Isolation == IsolateRegistrations {
		found = image.analyse(registrations) // spoils the golden instance
	}
	image.golden.close()
	image.golden = nil
	return image.share(ctx, registrations, found)
}

// collect makes the golden instance ready for the snapshot. This runs finalizers of the scripts, and is bounded like
// their chunks.
func (image *Image) collect(ctx context.Context) error {
	r := &Registration{
		Kind: KindMain, Name: "garbage collection", group: image.golden, limits: Limits{Time: image.config.LoadTime},
	}
	x := r.Begin(ctx, nil)
	defer x.End()
	in, err := r.group.claim(ctx)
	if err != nil {
		return x.unstarted(err)
	}
	defer r.unclaim(in)
	x.instance = in
	if _, _, err := x.enterSeldom(abi.ExportCollect); err != nil {
		return x.broken(err)
	}
	if x.stopping > 0 {
		return x.fail(x.reason, "", "")
	}
	return nil
}

func (image *Image) takeSnapshot() error {
	in := image.golden.instances[0]
	snapshot, err := newSnapshot(in.memory.bytes())
	if err != nil {
		return err
	}
	for _, g := range in.globals {
		image.globals = append(image.globals, g.Get())
	}
	image.descriptor, image.interruptWord = in.descriptor, in.interruptWord
	image.mu.Lock()
	defer image.mu.Unlock()
	image.snapshot = snapshot
	return nil
}

// share decides which registrations share instances, and makes these. Init functions have run by now: their group stays
// the golden instance's, which is closed.
func (image *Image) share(ctx context.Context, registrations []*Registration, found *sharing) error {
	isolation := image.config.Isolation
	switch isolation {
	case IsolateTransactions:
		return image.shareNothing(ctx, registrations)
	case IsolateScripts:
		if len(registrations) == 0 {
			return nil
		}
		_, err := image.newGroup(ctx, registrations, image.config.Instances)
		return err
	}
	image.joins = found.joins
	for position, r := range registrations {
		members := []*Registration{r}
		if isolation == IsolateAutomatically {
			if found.group[position] != position {
				continue // a member of a group that another one stands for
			}
			members = found.members(position, registrations)
		}
		if err := image.newSharingGroup(ctx, members, found.keeps[position]); err != nil {
			return err
		}
	}
	return nil
}

// newSharingGroup makes a group of registrations that share variables, or of one alone.
func (image *Image) newSharingGroup(ctx context.Context, members []*Registration, keeps bool) error {
	if !slices.ContainsFunc(members, func(r *Registration) bool { return r.Kind != KindTask }) {
		_, err := image.newGroup(ctx, members, 1) // tasks run once
		return err
	}
	g, err := image.newGroup(ctx, members, image.config.Instances)
	if err != nil || keeps || image.config.Processors <= len(g.instances) {
		return err
	}
	g.growth = newGrowth(image.config.Processors, g.instances)
	for _, r := range members {
		r.Parallel = true
	}
	return nil
}

// newGroup gives registrations a number of instances to share.
func (image *Image) newGroup(ctx context.Context, members []*Registration, count int) (*group, error) {
	g := &group{image: image}
	image.groups = append(image.groups, g)
	for number := range count {
		in, err := newInstance(ctx, image, number)
		if err != nil {
			return nil, err
		}
		g.instances = append(g.instances, in)
	}
	for _, r := range members {
		r.group, r.Group = g, len(image.groups)
	}
	return g, nil
}

// shareNothing lets each execution have an instance of its own, and each task.
func (image *Image) shareNothing(ctx context.Context, registrations []*Registration) error {
	g := &group{image: image, pool: &pool{limit: 4 * runtime.GOMAXPROCS(0), all: make(map[*instance]struct{})}}
	image.groups = append(image.groups, g)
	for _, r := range registrations {
		if r.Kind != KindTask {
			r.group = g
			continue
		}
		if _, err := image.newGroup(ctx, []*Registration{r}, 1); err != nil {
			return err
		}
	}
	return nil
}
