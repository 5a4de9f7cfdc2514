package luabridge

import (
	"sync"

	"tidelock/proxy/regex"
)

// patterns are the regular expressions that scripts use, most of them again and again.
var patterns patternCache

// patternCache holds a bounded number of compiled expressions.
type patternCache struct {
	mu       sync.RWMutex
	compiled map[string]*regex.Regexp // guarded by mu
}

const maxPatterns = 256

func (p *patternCache) compile(pattern []byte) (*regex.Regexp, error) {
	p.mu.RLock()
	re := p.compiled[string(pattern)]
	p.mu.RUnlock()
	if re != nil {
		return re, nil
	}
	re, err := regex.Compile(string(pattern), false)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.compiled == nil || len(p.compiled) == maxPatterns {
		p.compiled = make(map[string]*regex.Regexp)
	}
	p.compiled[string(pattern)] = re
	return re, nil
}
