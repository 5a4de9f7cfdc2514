package host

import (
	"errors"
	"fmt"

	"tidelock/abi"
)

// Join is a reason for two registrations to share an instance.
type Join struct {
	First, Second *Registration
	// What is the name of a variable that First assigns and Second reads, as a script could write it: "hits",
	// "cache.size". Where Variable is false it is something that First does, whose effects cannot be told.
	What     string
	Variable bool
	// Source and Line tell where First does it.
	Source string
	Line   int
}

// sharing is what the guest found out about the registrations of an image.
type sharing struct {
	group []int  // of each registration: a position among them
	keeps []bool // whether something that it, or another one of its group, changes outlives a call
	joins []Join
}

// members returns the registrations of the group that is named after a position.
func (s *sharing) members(group int, registrations []*Registration) []*Registration {
	var members []*Registration
	for position, r := range registrations {
		if s.group[position] == group {
			members = append(members, r)
		}
	}
	return members
}

// analysisFuel bounds the analysis: scripts that are too large for it share an instance, as in HAProxy. Going through much
// memory a tick takes longer than elsewhere, so that this is about two seconds; published scripts take some milliseconds.
const analysisFuel = 100_000_000

// analyse asks the golden instance, which is of no use afterwards, what its registrations share.
func (image *Image) analyse(registrations []*Registration) *sharing {
	in := image.golden.instances[0]
	why := "this guest cannot tell what scripts share"
	if in.module.ExportedFunction(abi.ExportAnalyse) != nil {
		s, err := in.analyse(registrations)
		if err == nil {
			return s
		}
		why = fmt.Sprintf("the scripts are too large to tell what they share (%v)", err)
	}
	return oneGroup(registrations, why)
}

// oneGroup is what holds when nothing is known.
func oneGroup(registrations []*Registration, why string) *sharing {
	s := &sharing{group: make([]int, len(registrations)), keeps: make([]bool, len(registrations))}
	for i, r := range registrations {
		s.keeps[i] = true
		if i > 0 {
			s.joins = append(s.joins, Join{First: registrations[0], Second: r, What: why, Source: r.Source, Line: r.Line})
		}
	}
	return s
}

func (in *instance) analyse(registrations []*Registration) (*sharing, error) {
	var numbers abi.Writer
	for _, r := range registrations {
		numbers.Int(int64(r.number))
	}
	if err := in.deliver(numbers.Bytes()); err != nil {
		return nil, err
	}
	packed, err := in.callAside(analysisFuel, abi.ExportAnalyse, uint64(numbers.Len()))
	if err != nil {
		return nil, err
	}
	outcome, length := abi.Unpack(packed)
	if abi.Outcome(outcome) != abi.Done {
		return nil, fmt.Errorf("outcome %d", outcome)
	}
	return readSharing(abi.NewReader(in.left(length)), registrations)
}

// readSharing reads what a guest says, which may be anything.
func readSharing(values abi.Reader, registrations []*Registration) (*sharing, error) {
	s := &sharing{}
	position := func() int {
		v := values.Next()
		if v.Type != abi.Integer || v.Int < 0 || v.Int >= int64(len(registrations)) {
			return -1
		}
		return int(v.Int)
	}
	for range registrations {
		group := position()
		if group < 0 {
			return nil, errMalformedSharing
		}
		s.group = append(s.group, group)
		s.keeps = append(s.keeps, values.Next().Type != abi.False)
	}
	for _, group := range s.group {
		if s.group[group] != group { // it has to be named after one of its own
			return nil, errMalformedSharing
		}
	}
	for values.More() {
		first, second := position(), position()
		if first < 0 || second < 0 {
			return nil, errMalformedSharing
		}
		j := Join{First: registrations[first], Second: registrations[second]}
		j.What, j.Source = string(values.Next().Bytes), string(values.Next().Bytes)
		j.Line = int(values.Next().Int)
		j.Variable = values.Next().Type == abi.True
		if j.Source == "" {
			j.Source, j.Line = j.First.Source, j.First.Line
		}
		s.joins = append(s.joins, j)
	}
	return s, values.Err()
}

var errMalformedSharing = errors.New("what the guest says about groups is malformed")
