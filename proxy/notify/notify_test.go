package notify

import (
	"fmt"
	"testing"
)

func TestTopic(t *testing.T) {
	var topic Topic[int]
	heard := ""
	listen := func(name string) func(int) {
		return func(n int) { heard += fmt.Sprint(name, n, " ") }
	}
	topic.Tell(1)
	if topic.Active() {
		t.Error("nobody listens, and it is active")
	}
	endA := topic.Subscribe(listen("a"))
	endB := topic.Subscribe(listen("b"))
	topic.Tell(2)
	endA()
	endA()
	topic.Tell(3)
	endB()
	topic.Tell(4)
	if heard != "a2 b2 b3 " || topic.Active() {
		t.Errorf("heard %q; active: %v", heard, topic.Active())
	}
}
