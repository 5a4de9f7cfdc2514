// Package emailalert sends short mails to operators by SMTP (manual, section 3.6). Each mail server has a bounded queue and
// a goroutine of its own: one that is slow or dead costs mails, which are counted, and never makes traffic wait. It imports
// nothing of ours.
package emailalert

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// Settings are the same for all mails of a section.
type Settings struct {
	From, To string
	Hostname string // by which this machine introduces itself
	Timeout  time.Duration
	Mailers  []Address // every one gets every mail
}

// Address is where a mail server listens, in the terms of package net.
type Address struct{ Network, Address string }

const (
	queueLength = 64 // mails that may wait for a server
	attempts    = 3  // to hand a mail over
)

// pause is the time between two attempts.
var pause = 5 * time.Second

// Sender sends mails. Its methods are safe for concurrent use.
type Sender struct {
	settings Settings
	queues   []chan mail
	lost     atomic.Uint64
	stop     context.CancelFunc
	running  sync.WaitGroup
}

// mail is one line of text, and when it was written.
type mail struct {
	text string
	at   time.Time
}

// Open starts a sender. It connects for each mail.
func Open(s Settings) *Sender {
	sender := &Sender{settings: s}
	ctx, stop := context.WithCancel(context.Background())
	sender.stop = stop
	for _, to := range s.Mailers {
		queue := make(chan mail, queueLength)
		sender.queues = append(sender.queues, queue)
		sender.running.Go(func() { sender.run(ctx, to, queue) })
	}
	return sender
}

// Send queues a mail for each server. It never blocks.
func (s *Sender) Send(text string) {
	m := mail{text, time.Now()}
	for _, queue := range s.queues {
		select {
		case queue <- m:
		default:
			s.lost.Add(1)
		}
	}
}

// Lost returns how many mails a server did not get.
func (s *Sender) Lost() uint64 { return s.lost.Load() }

// Close ends the sender. What is queued or on its way is lost.
func (s *Sender) Close() {
	s.stop()
	s.running.Wait()
}

func (s *Sender) run(ctx context.Context, to Address, queue <-chan mail) {
	for {
		select {
		case m := <-queue:
			if !s.hand(ctx, to, m) {
				s.lost.Add(1)
			}
		case <-ctx.Done():
			return
		}
	}
}

// hand tries to hand a mail over, and reports whether the server took it.
func (s *Sender) hand(ctx context.Context, to Address, m mail) bool {
	for i := range attempts {
		if i > 0 {
			select {
			case <-time.After(pause):
			case <-ctx.Done():
				return false
			}
		}
		if s.deliver(ctx, to, m) == nil {
			return true
		}
	}
	return false
}

// deliver does one attempt within the timeout.
func (s *Sender) deliver(ctx context.Context, to Address, m mail) error {
	ctx, cancel := context.WithTimeout(ctx, s.settings.Timeout)
	defer cancel()
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, to.Network, to.Address)
	if err != nil {
		return err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.SetDeadline(time.Now()) })()
	return s.converse(conn, m)
}
