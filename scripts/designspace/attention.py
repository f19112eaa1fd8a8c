"""Attention of many branches over one shared prefix.

A paper is read once into a preallocated cache, the *prefix*. Every question is then a *branch* with a few slots of its
own. The attention of a branch is attention over the prefix, whose keys and values are the same for all branches, merged
by log-sum-exp with attention over the branch's own slots (Hydragen, https://arxiv.org/abs/2402.05099). It is registered
in transformers' AttentionInterface, so it serves every decoder that uses that interface.
"""

import torch
from transformers import AttentionInterface, Cache

NAME = "designspace"


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
    tokens, end = query.shape[2], cache.prefix_length + query.shape[2]
    mask = torch.ones(tokens, end, dtype=torch.bool, device=query.device).tril(cache.prefix_length)
    key, value = cache.prefix_keys[layer, None, :, :end], cache.prefix_values[layer, None, :, :end]
    return torch.nn.functional.scaled_dot_product_attention(query, key, value, mask, scale=scaling, enable_gqa=True)


def continue_branches(cache, layer, query, scaling):
    """Attention of every branch over the shared prefix and over its own slots, merged by log-sum-exp."""
    rows, heads, tokens, head_dim = query.shape
    kv_heads = cache.prefix_keys.shape[1]
    grouped = query.view(rows, kv_heads, -1, tokens, head_dim) * scaling  # the query heads of one key-value head

    # The prefix is the same for all: its heads, groups, branches and tokens fold into the rows of one product.
    folded = grouped.transpose(0, 1).reshape(kv_heads, -1, head_dim)
    end = cache.prefix_length
    scores = (folded @ cache.prefix_keys[layer, :, :end].mT).float()
    prefix_lse = scores.logsumexp(-1, keepdim=True)
    prefix_out = (scores - prefix_lse).exp().to(query.dtype) @ cache.prefix_values[layer, :, :end]
    shape = (kv_heads, rows, -1, tokens)
    prefix_lse = prefix_lse.view(*shape, 1).transpose(0, 1)
    prefix_out = prefix_out.view(*shape, head_dim).transpose(0, 1)

    own_keys, own_values = cache.slot_keys[layer, cache.rows], cache.slot_values[layer, cache.rows]
    reach = cache.lengths[cache.rows, None] + torch.arange(tokens, device=query.device)  # last slot a token may see
    hidden = torch.arange(own_keys.shape[2], device=query.device) > reach[:, :, None]  # [rows, tokens, slots]
    scores = (grouped @ own_keys[:, :, None].mT).float().masked_fill(hidden[:, None, None], -torch.inf)
    own_lse = scores.logsumexp(-1, keepdim=True)
    own_out = (scores - own_lse).exp().to(query.dtype) @ own_values[:, :, None]

    weight = torch.sigmoid(prefix_lse - own_lse)  # exp(p) / (exp(p) + exp(o))
    merged = weight * prefix_out.float() + (1 - weight) * own_out.float()
    return merged.to(query.dtype).reshape(rows, heads, tokens, head_dim)


AttentionInterface.register(NAME, shared_prefix_attention)
