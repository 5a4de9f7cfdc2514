package host

import (
	"errors"
	"fmt"
)

// StartTasks starts the tasks that the scripts registered, each in a goroutine of its own.
func (image *Image) StartTasks() {
	image.mu.Lock()
	defer image.mu.Unlock()
	for _, r := range image.registrations {
		if r.Kind != KindTask {
			continue
		}
		for _, own := range r.perInstance() {
			image.startTask(own) //nolint:errcheck // there are never too many, and a closed image starts none
		}
	}
}

// perInstance returns the registration for each of the instances that run it: a task that shares variables with other
// registrations runs wherever they do, as in HAProxy each thread runs the tasks of its own scripts.
func (r *Registration) perInstance() []*Registration {
	var all []*Registration
	for _, in := range r.group.instances {
		own := *r
		own.group = &group{image: r.image, instances: []*instance{in}}
		all = append(all, &own)
	}
	return all
}

// registerAtRunTime starts a task that a running script registers. Its function lives in the script's instance alone.
func (image *Image) registerAtRunTime(x *Execution, r *Registration) error {
	switch {
	case r.Kind != KindTask:
		return fmt.Errorf("functions of kind %q can be registered only while the script is loaded", r.Kind)
	case image.config.Isolation == IsolateTransactions:
		return errors.New("with isolation \"transaction\" a task can be registered only while the script is loaded: this instance ends with the execution")
	}
	in := x.instance
	r.group = &group{image: image, instances: []*instance{in}, transient: true, generation: in.generation}
	return image.startTask(r)
}

// startTask runs a task until it ends. The caller holds mu.
func (image *Image) startTask(r *Registration) error {
	switch {
	case image.closed:
		return ErrClosed
	case image.running == maxRegistrations:
		return fmt.Errorf("more than %d tasks run", maxRegistrations)
	}
	image.running++
	image.tasks.Go(func() {
		err := r.runOnce(image.life)
		image.mu.Lock()
		image.running--
		image.mu.Unlock()
		if image.config.TaskEnded != nil && image.life.Err() == nil {
			image.config.TaskEnded(r, err)
		}
	})
	return nil
}

// Wait returns when all tasks have ended.
func (image *Image) Wait() { image.tasks.Wait() }
