package host

import (
	"fmt"
	"iter"
)

// StartTasks starts the tasks that the scripts registered, each in a goroutine of its own.
func (image *Image) StartTasks() {
	image.mu.Lock()
	defer image.mu.Unlock()
	for _, r := range image.registrations {
		if r.Kind != KindTask {
			continue
		}
		for own := range r.PerInstance() {
			image.startTask(own) //nolint:errcheck // there are never too many, and a closed image starts none
		}
	}
}

// PerInstance returns the registration for each of the instances that run it: what shares variables with other registrations
// runs wherever they do, as in HAProxy each thread runs the tasks of its own scripts. Where every execution has an instance
// of its own it is r alone.
func (r *Registration) PerInstance() iter.Seq[*Registration] {
	return func(yield func(*Registration) bool) {
		if r.group.pool != nil {
			yield(r)
			return
		}
		for _, in := range r.group.instances {
			own := *r
			own.group = &group{image: r.image, instances: []*instance{in}}
			if !yield(&own) {
				return
			}
		}
	}
}

// InstanceNumber returns the number of the only instance that runs r, as the function "instance" tells it; -1 where there
// are several, or each execution has its own.
func (r *Registration) InstanceNumber() int {
	if r.group.pool != nil || r.group.growth != nil || len(r.group.instances) != 1 {
		return -1
	}
	return r.group.instances[0].number
}

// registerAtRunTime starts a task that a running script registers, or tells of another function. It lives in the script's
// instance alone.
func (image *Image) registerAtRunTime(x *Execution, r *Registration) error {
	switch {
	case r.Kind != KindTask && image.config.RegisteredLate == nil:
		return fmt.Errorf("functions of kind %q can be registered only while the script is loaded", r.Kind)
	case image.config.Isolation == IsolateTransactions:
		return fmt.Errorf("with isolation \"transaction\" a %s can be registered only while the script is loaded: this instance ends with the execution", r.Kind)
	}
	in := x.instance
	r.origin = x.ctx
	r.group = &group{image: image, instances: []*instance{in}, transient: true, generation: in.generation}
	if r.Kind != KindTask {
		return image.config.RegisteredLate(r)
	}
	return image.startTask(r)
}

// startTask runs a task until it ends. The caller holds mu.
func (image *Image) startTask(r *Registration) error {
	switch {
	case image.taskLife.Err() != nil:
		return ErrClosed
	case image.running == maxRegistrations:
		return fmt.Errorf("more than %d tasks run", maxRegistrations)
	}
	image.running++
	image.tasks.Go(func() {
		err := r.runOnce(image.taskLife)
		image.mu.Lock()
		image.running--
		image.mu.Unlock()
		if image.config.TaskEnded != nil && image.taskLife.Err() == nil {
			image.config.TaskEnded(r, err)
		}
	})
	return nil
}

// EndTasks ends the tasks, and lets none start. All else goes on.
func (image *Image) EndTasks() {
	image.mu.Lock() // none is about to start
	image.endTasks()
	image.mu.Unlock()
	image.tasks.Wait()
}

// Wait returns when all tasks have ended.
func (image *Image) Wait() { image.tasks.Wait() }
