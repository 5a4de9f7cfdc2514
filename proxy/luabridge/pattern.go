package luabridge

import (
	"fmt"
	"regexp"
	"sync"
)

// patterns are the regular expressions that scripts use, most of them again and again.
var patterns patternCache

// patternCache holds a bounded number of compiled expressions.
type patternCache struct {
	mu       sync.RWMutex
	compiled map[string]*regexp.Regexp // guarded by mu
}

const maxPatterns = 256

func (p *patternCache) compile(pattern []byte) (*regexp.Regexp, error) {
	p.mu.RLock()
	re := p.compiled[string(pattern)]
	p.mu.RUnlock()
	if re != nil {
		return re, nil
	}
	re, err := regexp.Compile(string(pattern))
	if err != nil {
		return nil, fmt.Errorf("invalid regex '%s': %w", pattern, err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.compiled == nil || len(p.compiled) == maxPatterns {
		p.compiled = make(map[string]*regexp.Regexp)
	}
	p.compiled[string(pattern)] = re
	return re, nil
}
