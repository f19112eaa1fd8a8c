"""What a model is and what it needs: its files and configuration, the memory plan, the number of branches.

May use core. It imports no PyTorch, since every run plans before any job starts.
"""
