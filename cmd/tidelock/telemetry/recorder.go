package telemetry

import (
	"context"
	"errors"
	"net/url"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/sdk/resource"
	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	resourcepb "go.opentelemetry.io/proto/otlp/resource/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"tidelock/proxy/telemetry"
)

// recorder collects encoded spans and uploads them in batches. It never waits for the receiver: while that is away spans wait, and
// beyond the bounds they are dropped and counted.
type recorder struct {
	client   otlptrace.Client
	health   *health
	resource []byte // encoded
	limits   batchLimits
	limit    int // of a text in an attribute, in bytes; negative for none

	shards      [recorderShards]shard
	ready       chan batch    // those that are complete
	free        chan []byte   // buffers of batches that have been uploaded
	dropped     atomic.Uint64 // spans that found no room
	told        uint64        // of dropped, when run looked last
	overflowing bool          // they had grown then
	unsent      batch         // the receiver was not there for it; run's
	stop        chan struct{}
	stopped     chan struct{}
	once        sync.Once
}

// recorderShards is how many threads can record at a time.
const recorderShards = 8

// batch is spans as fields of ScopeSpans.
type batch struct {
	spans []byte
	count int
}

// shard is a batch that is being filled.
type shard struct {
	mu sync.Mutex
	batch
	_ [64]byte // of another cache line than the next one
}

// batchLimits are those that the OTEL_BSP_* variables name.
type batchLimits struct {
	delay       time.Duration // at most, until a span is sent
	timeout     time.Duration // of an upload
	queue, size int           // spans that may wait, and that go together
}

// Defaults of batchLimits.
const (
	defaultBatchDelay = time.Second
	defaultQueue      = 32768
	defaultBatch      = 1024

	// maxBatchBytes completes a batch, too: receivers of gRPC take 4 MiB in one message. With it what waits is bounded by
	// queue/size MiB, and one for each shard.
	maxBatchBytes = 1 << 20
)

// batchLimitsOf reads the environment; what it does not say, or not as it should, is as by default.
func batchLimitsOf(timeout time.Duration) batchLimits {
	l := batchLimits{
		delay:   time.Duration(positive("OTEL_BSP_SCHEDULE_DELAY", int(defaultBatchDelay.Milliseconds()))) * time.Millisecond,
		timeout: timeout,
		queue:   positive("OTEL_BSP_MAX_QUEUE_SIZE", defaultQueue),
		size:    positive("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", defaultBatch),
	}
	l.size = min(l.size, l.queue)
	return l
}

func positive(variable string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(variable)); err == nil && n > 0 {
		return n
	}
	return otherwise
}

// newRecorder returns a recorder whose client has been started.
func newRecorder(client otlptrace.Client, described *resource.Resource, limits batchLimits, textLimit int, h *health) *recorder {
	r := &recorder{
		client: client, health: h, resource: appendAttributes(nil, fieldResourceValues, described.Attributes(), -1), limits: limits, limit: textLimit,
		ready: make(chan batch, max(limits.queue/limits.size, 1)), free: make(chan []byte, recorderShards),
		stop: make(chan struct{}), stopped: make(chan struct{}),
	}
	go r.run()
	return r
}

// Record implements telemetry.Recorder.
func (r *recorder) Record(s *telemetry.Span) {
	id := s.Context.SpanID()
	to := &r.shards[id[0]%recorderShards]
	to.mu.Lock()
	if to.spans == nil {
		to.spans = r.buffer()
	}
	to.spans = appendSpan(to.spans, s, r.limit)
	to.count++
	var complete batch
	if to.count >= r.limits.size || len(to.spans) >= maxBatchBytes {
		complete, to.batch = to.batch, batch{}
	}
	to.mu.Unlock()
	if complete.count > 0 {
		r.queue(complete)
	}
}

// buffer returns one that has been used, if there is one.
func (r *recorder) buffer() []byte {
	select {
	case b := <-r.free:
		return b
	default:
		return nil
	}
}

// reuse keeps a batch's buffer for another one.
func (r *recorder) reuse(b batch) {
	select {
	case r.free <- b.spans[:0]:
	default:
	}
}

// maxPause is the longest pause before what could not be sent is tried again.
const maxPause = 30 * time.Second

// run uploads until the recorder is stopped. A batch that the receiver was not there for is sent again, after pauses that grow;
// the others wait in line.
func (r *recorder) run() {
	defer close(r.stopped)
	tick := time.NewTicker(r.limits.delay)
	defer tick.Stop()
	again := time.NewTimer(0)
	<-again.C
	defer again.Stop()
	for pause, paused := r.limits.delay, false; ; {
		ready := r.ready
		if r.unsent.count > 0 {
			ready = nil
		}
		select {
		case b := <-ready:
			r.deliver(b)
		case <-tick.C:
			if r.unsent.count == 0 {
				r.collect(r.deliver)
			}
			r.tell()
		case <-again.C:
			b := r.unsent
			r.unsent, paused = batch{}, false
			r.deliver(b)
		case <-r.stop:
			return
		}
		switch {
		case r.unsent.count == 0:
			pause = r.limits.delay
		case !paused:
			again.Reset(pause)
			pause, paused = min(2*pause, maxPause), true
		}
	}
}

// tell says when spans begin to find no room, and how many there were when they find some again.
func (r *recorder) tell() {
	dropped := r.dropped.Load()
	switch grown := dropped > r.told; {
	case grown && !r.overflowing:
		r.health.log.Warn("spans are dropped: there are more than can be sent")
	case !grown && r.overflowing:
		r.health.log.Info("spans are no longer dropped", "dropped", dropped)
	}
	r.overflowing, r.told = dropped > r.told, dropped
}

// collect sends the batches that are not complete, together as far as they fit.
func (r *recorder) collect(send func(batch)) {
	var all batch
	for i := range r.shards {
		s := &r.shards[i]
		s.mu.Lock()
		b := s.batch
		s.batch = batch{}
		s.mu.Unlock()
		switch {
		case b.count == 0:
			continue
		case len(all.spans)+len(b.spans) > maxBatchBytes:
			send(all)
			all = b
			continue
		case all.count == 0:
			all = b
			continue
		}
		all = batch{append(all.spans, b.spans...), all.count + b.count}
		r.reuse(b)
	}
	send(all)
}

// deliver uploads a batch, and keeps it when nobody takes it.
func (r *recorder) deliver(b batch) {
	switch away := r.upload(context.Background(), b); {
	case !away:
		r.reuse(b)
	case r.unsent.count == 0:
		r.unsent = b
	default: // collect had two
		r.queue(b)
	}
}

// queue puts a batch in line, where there is room.
func (r *recorder) queue(b batch) {
	select {
	case r.ready <- b:
	default:
		r.dropped.Add(uint64(b.count))
		r.reuse(b)
	}
}

// upload sends a batch, and reports whether nobody took it. The spans travel as a field that the message does not know of, which
// protocol buffers carry on as it is: a receiver cannot tell.
func (r *recorder) upload(ctx context.Context, b batch) (away bool) {
	if b.count == 0 {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, r.limits.timeout)
	defer cancel()
	scope := &tracepb.ScopeSpans{Scope: &commonpb.InstrumentationScope{Name: telemetry.Scope}}
	scope.ProtoReflect().SetUnknown(b.spans)
	of := new(resourcepb.Resource)
	of.ProtoReflect().SetUnknown(r.resource)
	if err := r.client.UploadTraces(ctx, []*tracepb.ResourceSpans{{Resource: of, ScopeSpans: []*tracepb.ScopeSpans{scope}}}); err != nil {
		r.health.Handle(err)
		return isAway(err)
	}
	r.health.works()
	return false
}

// isAway reports whether an upload failed because nobody took it, as opposed to somebody who refused it.
func isAway(err error) bool {
	var unreachable *url.Error
	if errors.As(err, &unreachable) || errors.Is(err, context.DeadlineExceeded) {
		return true
	}
	switch status.Code(err) {
	case codes.Unavailable, codes.DeadlineExceeded, codes.ResourceExhausted, codes.Aborted:
		return true
	}
	return false
}

// shutdown uploads what waits, as far as that succeeds in time. What is recorded afterwards is lost.
func (r *recorder) shutdown(ctx context.Context) error {
	r.once.Do(func() { close(r.stop) })
	select {
	case <-r.stopped:
	case <-ctx.Done():
		return ctx.Err()
	}
	send := func(b batch) { r.upload(ctx, b) }
	send(r.unsent)
	for {
		select {
		case b := <-r.ready:
			send(b)
			continue
		default:
		}
		r.collect(send)
		return ctx.Err()
	}
}
