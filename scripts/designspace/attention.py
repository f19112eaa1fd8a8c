"""Attention of many branches over one shared prefix.

A paper is read once into a preallocated cache, the *prefix*. Every question is then a *branch* with a few slots of its
own. The attention of a branch is attention over the prefix, whose keys and values are the same for all branches, merged
by log-sum-exp with attention over the branch's own slots (Hydragen, https://arxiv.org/abs/2402.05099). It is registered
in transformers' AttentionInterface, so it serves every decoder that uses that interface.
"""

import torch
from transformers import AttentionInterface, Cache

NAME = "designspace"
FEW_ROWS = 1024  # up to here plain products are faster than a CPU's flash kernel, which is made for many rows


class SharedPrefixCache(Cache):
    """Keys and values of one paper's prefix and of the branches that continue it.

    prefix keys and values: [layers, kv_heads, capacity, head_dim], the first `prefix_length` positions are filled.
    slot keys and values: [layers, branches, kv_heads, slots, head_dim]; of branch b the first `lengths[b]` are filled.
    `rows` are the branches that the next forward pass advances; None while the prefix itself is read.
    """

    def __init__(self, config, capacity, branches, slots, dtype, device):
        super().__init__(layers=[])
        config = config.get_text_config()
        heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
        head_dim = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
        layers, like = config.num_hidden_layers, {"dtype": dtype, "device": device}
        self.prefix_keys = torch.empty(layers, heads, capacity, head_dim, **like)
        self.prefix_values = torch.empty(layers, heads, capacity, head_dim, **like)
        # Zeros, because a masked slot still enters the product with its weight of zero, and zero times NaN is NaN.
        self.slot_keys = torch.zeros(layers, branches, heads, slots, head_dim, **like)
        self.slot_values = torch.zeros(layers, branches, heads, slots, head_dim, **like)
        self.prefix_length = 0
        self.lengths = torch.zeros(branches, dtype=torch.long, device=device)
        self.rows = None

    def update(self, key, value, layer, *args, **kwargs):
        """Store the new keys and values, [rows, kv_heads, tokens, head_dim], behind those that are there."""
        tokens = key.shape[2]
        if self.rows is None:
            span = slice(self.prefix_length, self.prefix_length + tokens)
            self.prefix_keys[layer, :, span] = key[0]
            self.prefix_values[layer, :, span] = value[0]
        else:
            slots = self.lengths[self.rows, None] + torch.arange(tokens, device=key.device)
            self.slot_keys[layer, self.rows[:, None], :, slots] = key.transpose(1, 2)
            self.slot_values[layer, self.rows[:, None], :, slots] = value.transpose(1, 2)
        return key, value

    def get_seq_length(self, layer=0):
        """Tokens of the prefix so far."""
        return self.prefix_length


def shared_prefix_attention(
    module, query, key, value, attention_mask, scaling=None, shared_prefix=None, dropout=0.0, **kwargs
):
    """transformers' attention interface: query [rows, heads, tokens, head_dim] -> [rows, tokens, heads, head_dim]."""
    scaling = query.shape[-1] ** -0.5 if scaling is None else scaling
    attend = read_prefix if shared_prefix.rows is None else continue_branches
    return attend(shared_prefix, module.layer_idx, query, scaling).transpose(1, 2).contiguous(), None


def read_prefix(cache, layer, query, scaling):
    """Causal attention of a chunk of the prefix, [1, heads, tokens, head_dim], over all that was read so far."""
    start, end = cache.prefix_length, cache.prefix_length + query.shape[2]
    groups = query.shape[1] // cache.prefix_keys.shape[1]
    keys = cache.prefix_keys[layer, None, :, start:end].repeat_interleave(groups, 1)
    values = cache.prefix_values[layer, None, :, start:end].repeat_interleave(groups, 1)
    chunk = flash(query, keys, values, scaling, causal=True)
    return merge(over_prefix(cache, layer, query, scaling), chunk) if start else chunk[0]


def continue_branches(cache, layer, query, scaling):
    """Attention of branches, [rows, heads, tokens, head_dim], over the shared prefix and over their own slots."""
    own_keys, own_values = cache.slot_keys[layer, cache.rows], cache.slot_values[layer, cache.rows]
    groups, tokens = query.shape[1] // own_keys.shape[1], query.shape[2]
    # The query heads of a key-value head are rows of one product: as a dimension of their own, they would be multiplied
    # with copies of the keys.
    grouped = query.unflatten(1, (-1, groups)).flatten(2, 3)
    reach = cache.lengths[cache.rows, None] + torch.arange(tokens, device=query.device)  # the last slot a token may see
    hidden = torch.arange(own_keys.shape[2], device=query.device) > reach[:, :, None]  # [rows, tokens, slots]
    out, lse = product(grouped * scaling, own_keys, own_values, hidden.repeat(1, groups, 1)[:, None])
    own = out.unflatten(2, (groups, tokens)).flatten(1, 2), lse.unflatten(2, (groups, tokens)).flatten(1, 2)
    return merge(over_prefix(cache, layer, query, scaling), own)


def over_prefix(cache, layer, query, scaling):
    """Unmasked attention over the prefix, the same for all: (out, lse) of queries [rows, heads, tokens, head_dim].

    The query heads of a key-value head, the branches and their tokens fold into the rows of one product.
    """
    rows, heads, tokens, head_dim = query.shape
    keys = cache.prefix_keys[layer, None, :, : cache.prefix_length]
    values = cache.prefix_values[layer, None, :, : cache.prefix_length]
    kv_heads = keys.shape[1]
    folded = query.unflatten(1, (kv_heads, -1)).transpose(0, 1).reshape(1, kv_heads, -1, head_dim)
    out, lse = flash(folded, keys, values, scaling)
    out = out.reshape(kv_heads, rows, -1, tokens, head_dim).transpose(0, 1).reshape(query.shape)
    return out, lse.reshape(kv_heads, rows, -1, tokens).transpose(0, 1).reshape(rows, heads, tokens)


def flash(query, key, value, scaling, causal=False):
    """Attention and the log-sum-exp of its scores, [batch, heads, tokens], which PyTorch's public function keeps."""
    if query.device.type == "cpu" and query.shape[2] <= FEW_ROWS and not causal:
        return product(query * scaling, key, value)
    if query.device.type == "cpu":
        attend = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu
        out, lse = attend(query, key, value, 0.0, causal, scale=scaling)
    elif query.dtype == torch.float32:
        attend = torch.ops.aten._scaled_dot_product_efficient_attention
        out, lse, *_ = attend(query, key, value, None, True, 0.0, causal, scale=scaling)
    else:
        attend = torch.ops.aten._scaled_dot_product_flash_attention
        out, lse, *_ = attend(query, key, value, 0.0, causal, scale=scaling)
    return out, lse[..., : query.shape[2]]  # padded by some kernels


def product(query, key, value, hidden=None):
    """What `flash` gives, as plain products; scores that are `hidden` do not count."""
    scores = (query @ key.mT).float()
    if hidden is not None:
        scores.masked_fill_(hidden, -torch.inf)
    highest = scores.amax(-1, keepdim=True)
    weights = scores.sub_(highest).exp_()
    total = weights.sum(-1, keepdim=True)
    return (weights.to(value.dtype) @ value) / total.to(value.dtype), (highest + total.log()).squeeze(-1)


def merge(one, other):
    """Attention over two sets of keys from the (out, lse) over each: out of the query's shape."""
    (out, lse), (other_out, other_lse) = one, other
    weight = torch.sigmoid(lse - other_lse).unsqueeze(-1)  # exp(lse) / (exp(lse) + exp(other_lse))
    return torch.lerp(other_out.float(), out.float(), weight).to(out.dtype)


AttentionInterface.register(NAME, shared_prefix_attention)
