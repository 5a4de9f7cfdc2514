package pattern

import (
	"slices"
	"strings"
)

// node is a radix tree over the bytes of keys: an immutable value, whose changes copy the nodes on the way to the key
// and share the others. The zero value holds nothing.
//
// A node stands for the bytes that lead to it. Those that all keys below it go on with are its prefix, so that there is a
// node only where keys part or end.
type node struct {
	prefix string
	first  *Entry    // what a lookup of the key that ends here finds
	others *[]*Entry // further entries with the same key, in their order
	branch *branch   // nil when no longer key begins like this one
}

// branch leads to the nodes below one: nodes[i] by the byte labels[i].
type branch struct {
	labels string
	nodes  []node
}

// exact returns the first entry with this key, or nil.
func (n *node) exact(key []byte) *Entry {
	for {
		if len(key) < len(n.prefix) || string(key[:len(n.prefix)]) != n.prefix {
			return nil
		}
		if key = key[len(n.prefix):]; len(key) == 0 {
			return n.first
		}
		if n = n.next(key[0]); n == nil {
			return nil
		}
		key = key[1:]
	}
}

// longest returns the first entry with the longest key that text begins with, or nil.
func (n *node) longest(text []byte) (found *Entry) {
	for {
		if len(text) < len(n.prefix) || string(text[:len(n.prefix)]) != n.prefix {
			return found
		}
		if n.first != nil {
			found = n.first
		}
		if text = text[len(n.prefix):]; len(text) == 0 {
			return found
		}
		if n = n.next(text[0]); n == nil {
			return found
		}
		text = text[1:]
	}
}

func (n *node) next(label byte) *node {
	if n.branch == nil {
		return nil
	}
	if i := strings.IndexByte(n.branch.labels, label); i >= 0 {
		return &n.branch.nodes[i]
	}
	return nil
}

// with returns the tree with an entry behind those that have the same key.
func (n node) with(key string, e *Entry) node {
	common := commonPrefix(n.prefix, key)
	if common < len(n.prefix) {
		below := n
		below.prefix = n.prefix[common+1:]
		n = node{prefix: n.prefix[:common], branch: &branch{n.prefix[common : common+1], []node{below}}}
	}
	switch rest := key[common:]; {
	case rest != "":
		n.branch = n.branch.with(rest, e)
	case n.first == nil:
		n.first = e
	default:
		var others []*Entry
		if n.others != nil {
			others = *n.others
		}
		// What append may overwrite lies behind all that earlier versions see.
		others = append(others, e)
		n.others = &others
	}
	return n
}

func (b *branch) with(key string, e *Entry) *branch {
	if b == nil {
		return &branch{key[:1], []node{{prefix: key[1:], first: e}}}
	}
	i := strings.IndexByte(b.labels, key[0])
	if i < 0 {
		return &branch{b.labels + key[:1], append(slices.Clip(b.nodes), node{prefix: key[1:], first: e})}
	}
	nodes := slices.Clone(b.nodes)
	nodes[i] = nodes[i].with(key[1:], e)
	return &branch{b.labels, nodes}
}

// without returns the tree without an entry, which has this key and is in it. The result is the zero node when nothing
// is left.
func (n node) without(key string, e *Entry) node {
	if rest := key[len(n.prefix):]; rest != "" {
		n.branch = n.branch.without(rest, e)
	} else {
		n.drop(e)
	}
	switch {
	case n.first != nil:
	case n.branch == nil:
		return node{}
	case len(n.branch.nodes) == 1:
		below := n.branch.nodes[0]
		below.prefix = n.prefix + n.branch.labels + below.prefix
		return below
	}
	return n
}

// drop takes e from the entries that end here.
func (n *node) drop(e *Entry) {
	var others []*Entry
	if n.others != nil {
		others = *n.others
	}
	n.others = nil
	if n.first == e {
		n.first = nil
		if len(others) > 0 {
			n.first, others = others[0], others[1:]
		}
	} else {
		i := slices.Index(others, e)
		others = slices.Delete(slices.Clone(others), i, i+1)
	}
	if len(others) > 0 {
		n.others = &others
	}
}

func (b *branch) without(key string, e *Entry) *branch {
	i := strings.IndexByte(b.labels, key[0])
	below := b.nodes[i].without(key[1:], e)
	nodes := slices.Clone(b.nodes)
	if below.first != nil || below.branch != nil {
		nodes[i] = below
		return &branch{b.labels, nodes}
	}
	if len(nodes) == 1 {
		return nil
	}
	return &branch{b.labels[:i] + b.labels[i+1:], slices.Delete(nodes, i, i+1)}
}

func commonPrefix(a, b string) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}
