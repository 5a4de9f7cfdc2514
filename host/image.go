package host

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Level is the severity of a log line, in syslog's numbers.
type Level int

// Severities.
const (
	LevelEmergency Level = iota
	LevelAlert
	LevelCritical
	LevelError
	LevelWarning
	LevelNotice
	LevelInfo
	LevelDebug
)

// Chunk is a source text: a script's file, or a part of the prelude.
type Chunk struct {
	Name   string // as in messages: "@path" for a file, "=name" for another text
	Source string
}

// ImageConfig configures an Image.
type ImageConfig struct {
	// Guest is the interpreter's module, as its build left it.
	Guest []byte
	// Prelude builds what scripts see. It alone can bind host functions.
	Prelude []Chunk
	// Library is what the prelude can bind.
	Library Library
	// Isolation says which registrations share an instance. Empty: IsolateAutomatically.
	Isolation Isolation
	// Instances is how many instances run each group of registrations, for executions on several processors at a time.
	// HAProxy's lua-load means 1, which 0 stands for; lua-load-per-thread one for each processor.
	Instances int
	// Processors is how many instances may run a group of which nothing that it changes outlives an execution, so that it
	// makes no difference how many there are. 0: as many as Go uses.
	Processors int
	// InstanceMemory bounds the memory of each instance, in bytes. 0: EngineConfig.InstanceMemory, which is also the most.
	InstanceMemory int64
	// Executions is how many executions may be under way at a time, those that wait included but not tasks: one more fails
	// with ErrBusy. 0: no bound.
	Executions int
	// Limits of executions by the kind of their registration.
	Limits map[string]Limits
	// LoadTime bounds the processor time of each script's chunk and init function. 0: DefaultLoadTime.
	LoadTime time.Duration
	// Quantum is the fuel between two looks at the clock and at who else waits. 0: DefaultQuantum.
	Quantum int
	// Log receives what scripts print and log, and warnings of the interpreter. It must not block.
	Log func(x *Execution, level Level, text string)
	// Redact takes secrets out of what executions fail with, before anybody is told. nil: there are none.
	Redact func(text string) string
	// Owner is what the embedder finds again by Registration.Owner, for an Observer of several images.
	Owner any
	// Observer is told of executions. nil: nobody looks on.
	Observer Observer
	// TaskEnded is told how a task ended: nil when it returned. It may be nil.
	TaskEnded func(r *Registration, err error)
	// RegisteredLate is told of functions that are neither tasks nor known from loading: scripts register them while they
	// run, and only the instance that did has them. An error refuses one. nil refuses all. It must not
	// call the image.
	RegisteredLate func(r *Registration) error
}

// Image is a guest with scripts loaded: while it is open, chunks are loaded into it; Seal takes the snapshot from which
// every instance is cloned. Load and Seal must not be called concurrently; registrations can be, once it is sealed.
type Image struct {
	engine   *Engine
	config   ImageConfig
	module   *module
	bindings *bindings
	quantum  int64

	golden   *group // the instance that chunks are loaded into, until Seal
	groups   []*group
	snapshot *snapshot // nil until Seal
	globals  []uint64  // values of the module's mutable globals in the snapshot
	// descriptor and interruptWord are the addresses of what they are called after in the snapshot.
	descriptor, interruptWord uint32
	joins                     []Join
	natives                   nativeModules

	underWay atomic.Int64 // executions that count for config.Executions

	life  context.Context // ends when the image is closed
	end   context.CancelCauseFunc
	tasks sync.WaitGroup

	taskLife context.Context // of life: ends when the image is closed, or its tasks are
	endTasks context.CancelFunc

	mu            sync.Mutex
	registrations []*Registration // guarded by mu
	running       int             // tasks; guarded by mu
	closed        bool            // guarded by mu
}

// instanceMemory is what each instance may have, in whole pages.
func (image *Image) instanceMemory() uint64 {
	if n := image.config.InstanceMemory; n > 0 {
		return min(image.engine.instanceMemory, uint64(n+wasmPage-1)/wasmPage*wasmPage)
	}
	return image.engine.instanceMemory
}

// NewImage starts a guest and runs the prelude in it.
func (e *Engine) NewImage(ctx context.Context, config ImageConfig) (*Image, error) {
	if config.Isolation == "" {
		config.Isolation = IsolateAutomatically
	}
	if config.Quantum <= 0 {
		config.Quantum = DefaultQuantum
	}
	if config.LoadTime == 0 {
		config.LoadTime = DefaultLoadTime
	}
	if config.Processors <= 0 {
		config.Processors = runtime.GOMAXPROCS(0)
	}
	config.Instances = max(1, config.Instances)
	m, err := e.compile(ctx, config.Guest, guestRole)
	if err != nil {
		return nil, err
	}
	image := &Image{engine: e, config: config, module: m, quantum: int64(config.Quantum)}
	image.bindings = newBindings(Libraries{config.Library, &image.natives})
	image.life, image.end = context.WithCancelCause(context.Background())
	image.taskLife, image.endTasks = context.WithCancel(image.life)
	image.golden = &group{image: image}
	if err := image.boot(ctx); err != nil {
		return nil, errors.Join(err, image.Close())
	}
	for _, chunk := range config.Prelude {
		if err := image.load(ctx, chunk, true, nil); err != nil {
			return nil, errors.Join(fmt.Errorf("prelude: %w", err), image.Close())
		}
	}
	return image, nil
}

// boot starts the golden instance: data segments, the guest's own initialisation, version, exchange.
func (image *Image) boot(ctx context.Context) error {
	in, err := newInstance(ctx, image, 0)
	if err != nil {
		return err
	}
	image.golden.instances = []*instance{in}
	return in.boot()
}

// Load compiles a script and runs its main chunk, which registers functions and finds the arguments in "...".
func (image *Image) Load(ctx context.Context, chunk Chunk, arguments ...string) error {
	return image.load(ctx, chunk, false, arguments)
}

// Compile checks that a script compiles, without running it.
func (image *Image) Compile(ctx context.Context, chunk Chunk) error {
	_, err := image.compile(ctx, chunk, false)
	return err
}

func (image *Image) compile(ctx context.Context, chunk Chunk, trusted bool) (main *Registration, err error) {
	if image.snapshot != nil {
		return nil, errors.New("a chunk cannot be loaded into a sealed image")
	}
	limits := Limits{Time: image.config.LoadTime}
	if trusted { // what scripts are allowed is not for the prelude to use up
		limits.Time = max(limits.Time, DefaultLoadTime)
	}
	main = &Registration{Kind: KindMain, Name: chunk.Name, group: image.golden, limits: limits}
	return main, main.compile(ctx, chunk, trusted)
}

func (image *Image) load(ctx context.Context, chunk Chunk, trusted bool, arguments []string) error {
	main, err := image.compile(ctx, chunk, trusted)
	if err != nil {
		return err
	}
	return main.runOnce(ctx, arguments...)
}

// runOnce runs a registration whose results nobody wants.
func (r *Registration) runOnce(ctx context.Context, arguments ...string) error {
	x := r.Begin(ctx, nil)
	defer x.End()
	for _, a := range arguments {
		x.Arguments.String(a)
	}
	return x.Run()
}

// register is what a script's registering a function comes to.
func (image *Image) register(x *Execution, r *Registration) error {
	image.mu.Lock()
	defer image.mu.Unlock()
	r.image = image
	r.limits = image.config.Limits[r.Kind]
	if image.snapshot != nil {
		return image.registerAtRunTime(x, r)
	}
	if len(image.registrations) == maxRegistrations {
		return fmt.Errorf("more than %d functions registered", maxRegistrations)
	}
	r.group = image.golden
	if r.Kind == KindInit {
		r.limits = Limits{Time: image.config.LoadTime}
	}
	image.registrations = append(image.registrations, r)
	return nil
}

const maxRegistrations = 4096

// Registrations returns what the scripts registered, in their order.
func (image *Image) Registrations() []*Registration {
	image.mu.Lock()
	defer image.mu.Unlock()
	return append([]*Registration(nil), image.registrations...)
}

// Registration finds one by kind and name, the last one if there are several; nil when there is none.
func (image *Image) Registration(kind, name string) *Registration {
	for _, r := range slices.Backward(image.Registrations()) {
		if r.Kind == kind && r.Name == name {
			return r
		}
	}
	return nil
}

// Joins tells why registrations share instances or, where the isolation gives them their own all the same, what that cuts
// in two. It is known once the image is sealed, with IsolateAutomatically and IsolateRegistrations.
func (image *Image) Joins() []Join { return image.joins }

// Close ends the tasks and every execution that runs, and frees all instances. An execution that waits fails with
// ErrClosed when its wait is over, which ending its context brings about at once. So does every later one.
func (image *Image) Close() error {
	image.mu.Lock()
	closed := image.closed
	image.closed = true
	image.mu.Unlock()
	if closed {
		return nil
	}
	image.end(ErrClosed)
	image.endTasks()
	image.tasks.Wait()
	for _, g := range append(image.groups, image.golden) {
		if g != nil {
			g.close()
		}
	}
	image.natives.close()
	if image.snapshot != nil {
		image.snapshot.close()
	}
	return nil
}
