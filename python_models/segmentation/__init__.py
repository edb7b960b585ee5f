"""Learning, segment identity and publication of the client segmentation.

The dbt Python models of this project are thin: each makes one call into this
package. Nothing here cleans data, that is SQL's work.
"""
