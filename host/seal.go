package host

import (
	"context"
	"errors"
	"fmt"
	"runtime"

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
	image.golden.close()
	image.golden = nil
	return image.group(ctx, registrations)
}

// collect makes the golden instance ready for the snapshot. This runs finalizers of the scripts, and is bounded like
// their chunks.
func (image *Image) collect(ctx context.Context) error {
	r := &Registration{
		Kind: KindMain, Name: "garbage collection", group: image.golden, limits: Limits{Time: image.config.LoadTime},
	}
	x := r.Begin(ctx, nil)
	defer x.End()
	in, err := r.claim(ctx)
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
	image.descriptor = in.descriptor
	image.mu.Lock()
	defer image.mu.Unlock()
	image.snapshot = snapshot
	return nil
}

// group gives every registration the instances that its isolation asks for.
func (image *Image) group(ctx context.Context, registrations []*Registration) error {
	var shared *group
	for _, r := range registrations {
		switch {
		case r.Kind == KindInit: // it has run; its group stays the golden instance's, which is closed
			continue
		case image.config.Isolation == IsolateTransactions && r.Kind != KindTask:
			if shared == nil {
				shared = &group{image: image, pool: &pool{limit: 4 * runtime.GOMAXPROCS(0), all: make(map[*instance]struct{})}}
				image.groups = append(image.groups, shared)
			}
			r.group = shared
			continue
		case image.config.Isolation == IsolateScripts && shared != nil:
			r.group = shared
			continue
		}
		count := image.config.Instances
		if r.Kind == KindTask && image.config.Isolation != IsolateScripts {
			count = 1 // it runs once
		}
		g := &group{image: image}
		image.groups = append(image.groups, g)
		for number := range count {
			in, err := newInstance(ctx, image, number)
			if err != nil {
				return err
			}
			g.instances = append(g.instances, in)
		}
		r.group = g
		if image.config.Isolation == IsolateScripts {
			shared = g
		}
	}
	return nil
}
