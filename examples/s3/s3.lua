-- lua.s3-sign BUCKET REGION: signs a request for S3 (AWS Signature, version 4), so that clients need no keys. HAProxy's
-- converters digest and hmac compute; the payload is not signed, so that bodies of any length pass as they come.
--
-- https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
local access_key = os.getenv("S3_ACCESS_KEY") or "AKIDEXAMPLE"
local secret_key = os.getenv("S3_SECRET_KEY") or "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
local payload = "UNSIGNED-PAYLOAD"
local fixed_time = tonumber(os.getenv("S3_TIME") or "") -- for tests: a signature is valid for minutes

local function hexadecimal(bytes)
  return (bytes:gsub(".", function(byte) return string.format("%02x", byte:byte()) end))
end

-- What AWS wants escaped: everything but letters, digits, and "-._~"; in paths the "/" too.
local function escape(text, also)
  return (text:gsub("[^%w%-%._~" .. (also or "") .. "]", function(c) return string.format("%%%02X", c:byte()) end))
end

local function unescape(text)
  return (text:gsub("%%(%x%x)", function(digits) return string.char(tonumber(digits, 16)) end))
end

local function canonical_query(query)
  local parts = {}
  for part in query:gmatch("[^&]+") do
    local name, value = part:match("^([^=]*)=?(.*)$")
    parts[#parts + 1] = escape(unescape(name)) .. "=" .. escape(unescape(value))
  end
  table.sort(parts)
  return table.concat(parts, "&")
end

core.register_action("s3-sign", {"http-req"}, function(txn, bucket, region)
  local digest = function(text) return hexadecimal(txn.c:digest(text, "SHA256")) end
  local hmac = function(key, text) return txn.c:hmac(text, "SHA256", txn.c:base64(key)) end

  local host = bucket .. ".s3." .. region .. ".amazonaws.com"
  local time = os.date("!%Y%m%dT%H%M%SZ", fixed_time or core.now().sec)
  local day = time:sub(1, 8)
  local scope = table.concat({day, region, "s3", "aws4_request"}, "/")
  local names = "host;x-amz-content-sha256;x-amz-date"

  local request = table.concat({
    txn.sf:method(), escape(unescape(txn.sf:path()), "/"), canonical_query(txn.sf:query()),
    "host:" .. host, "x-amz-content-sha256:" .. payload, "x-amz-date:" .. time, "", names, payload,
  }, "\n")
  local text = table.concat({"AWS4-HMAC-SHA256", time, scope, digest(request)}, "\n")
  local key = hmac(hmac(hmac(hmac("AWS4" .. secret_key, day), region), "s3"), "aws4_request")

  txn.http:req_set_header("host", host)
  txn.http:req_set_header("x-amz-content-sha256", payload)
  txn.http:req_set_header("x-amz-date", time)
  txn.http:req_set_header("authorization", "AWS4-HMAC-SHA256 Credential=" .. access_key .. "/" .. scope ..
    ",SignedHeaders=" .. names .. ",Signature=" .. hexadecimal(hmac(key, text)))
end, 2)
