// Package shared is what scripts share by key (core.shared): values that all instances see alike, and by a driver all
// processes. A driver is a Store; Memory is the one of a single process.
package shared

import (
	"context"
	"errors"
	"time"
)

// Value is a string, an int64, a float64 or a bool. nil is no value.
type Value any

// Store keeps values. Its methods are safe for concurrent use, each is one atomic step, and what waits ends with its
// context. An expiry of 0 is none.
type Store interface {
	// Get returns the value of a key, nil when there is none.
	Get(ctx context.Context, key string) (Value, error)
	// Set sets a value; nil removes it.
	Set(ctx context.Context, key string, v Value, expiry time.Duration) error
	// CompareAndSet sets a value if the present one is old, nil standing for none, and reports whether it did.
	CompareAndSet(ctx context.Context, key string, old, v Value, expiry time.Duration) (bool, error)
	// Increment adds to a number and returns the sum. What does not exist is 0, and only then expiry counts.
	Increment(ctx context.Context, key string, by Value, expiry time.Duration) (Value, error)
	// Keys returns at most limit of the keys with a prefix, in order.
	Keys(ctx context.Context, prefix string, limit int) ([]string, error)
	// Wait returns the value of a key as soon as it is another than old.
	Wait(ctx context.Context, key string, old Value) (Value, error)
}

// Errors of stores.
var (
	ErrFull      = errors.New("core.shared is full")
	ErrTooLarge  = errors.New("the key or value is too large for core.shared")
	ErrNotNumber = errors.New("the value is not a number")
)
